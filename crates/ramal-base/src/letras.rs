//! Amounts in words, as the printed documents of Mexico and Peru carry them. It formats no figures
//! and no other language.

use crate::{Dinero, Moneda};

const MILLON: u64 = 1_000_000;
const BILLON: u64 = 1_000_000_000_000;

/// How the last "uno" of a number is said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Final {
    /// Before a masculine noun: un peso, veintiún pesos.
    Apocope,
    /// Alone: uno, veintiuno.
    Entero,
}

/// Amount in words for a Mexican document: `MIL VEINTIÚN PESOS 10/100 M.N.`.
///
/// Shape: upper case with accents; "DE" after exact millions. Source: cfdi.md 13.3.
pub fn importe_mx(d: Dinero) -> String {
    let (entero, centavos) = partes(d);
    let (singular, plural, cola) = match d.moneda {
        Moneda::Mxn => ("PESO", "PESOS", "M.N."),
        Moneda::Usd => ("DÓLAR", "DÓLARES", "USD"),
        Moneda::Pen => ("SOL", "SOLES", "PEN"),
    };
    let noun = if entero == 1 { singular } else { plural };
    let de = if entero > 0 && entero.is_multiple_of(MILLON) { "DE " } else { "" };
    format!("{}{} {de}{noun} {centavos:02}/100 {cola}", signo(d), cardinal(entero, Final::Apocope))
}

/// Amount in words for a Peruvian document (legend 1000): `SON CIENTO DIECIOCHO CON 00/100 SOLES`.
///
/// Shape: upper case without accents, within the 200 characters of the norm up to any amount a
/// company bills. Source: sunat.md 13.
pub fn importe_pe(d: Dinero) -> String {
    let (entero, centavos) = partes(d);
    let noun = match d.moneda {
        Moneda::Pen => "SOLES",
        Moneda::Usd => "DOLARES AMERICANOS",
        Moneda::Mxn => "PESOS MEXICANOS",
    };
    let letras = sin_acentos(&cardinal(entero, Final::Entero));
    format!("SON {}{letras} CON {centavos:02}/100 {noun}", signo(d))
}

fn partes(d: Dinero) -> (u64, u64) {
    let centavos = d.centavos.unsigned_abs();
    (centavos / 100, centavos % 100)
}

fn signo(d: Dinero) -> &'static str {
    if d.centavos < 0 { "MENOS " } else { "" }
}

fn sin_acentos(texto: &str) -> String {
    let plano = |c| match c {
        'É' => 'E',
        'Ó' => 'O',
        'Ú' => 'U',
        otro => otro,
    };
    texto.chars().map(plano).collect()
}

/// Cardinal number on the long scale, upper case with accents.
fn cardinal(n: u64, fin: Final) -> String {
    if n == 0 {
        return "CERO".into();
    }
    let mut palabras = Vec::new();
    push_grupo(&mut palabras, n / BILLON, ("UN BILLÓN", "BILLONES"));
    push_grupo(&mut palabras, n % BILLON / MILLON, ("UN MILLÓN", "MILLONES"));
    push_miles(&mut palabras, n % MILLON, fin);
    palabras.join(" ")
}

fn push_grupo(palabras: &mut Vec<String>, n: u64, (uno, muchos): (&str, &str)) {
    match n {
        0 => {}
        1 => palabras.push(uno.into()),
        _ => {
            push_miles(palabras, n, Final::Apocope);
            palabras.push(muchos.into());
        }
    }
}

/// Words of a number below a million.
fn push_miles(palabras: &mut Vec<String>, n: u64, fin: Final) {
    let miles = n / 1000;
    if miles > 1 {
        push_centenas(palabras, miles, Final::Apocope);
    }
    if miles > 0 {
        palabras.push("MIL".into());
    }
    push_centenas(palabras, n % 1000, fin);
}

/// Words of a number below a thousand; none for zero.
fn push_centenas(palabras: &mut Vec<String>, n: u64, fin: Final) {
    const CENTENAS: [&str; 10] = [
        "",
        "CIENTO",
        "DOSCIENTOS",
        "TRESCIENTOS",
        "CUATROCIENTOS",
        "QUINIENTOS",
        "SEISCIENTOS",
        "SETECIENTOS",
        "OCHOCIENTOS",
        "NOVECIENTOS",
    ];
    if n == 100 {
        return palabras.push("CIEN".into());
    }
    if n > 100 {
        palabras.push(CENTENAS[(n / 100) as usize].into());
    }
    if !n.is_multiple_of(100) {
        palabras.push(decenas(n % 100, fin));
    }
}

/// Words of 1 to 99.
fn decenas(n: u64, fin: Final) -> String {
    const HASTA_29: [&str; 30] = [
        "",
        "UNO",
        "DOS",
        "TRES",
        "CUATRO",
        "CINCO",
        "SEIS",
        "SIETE",
        "OCHO",
        "NUEVE",
        "DIEZ",
        "ONCE",
        "DOCE",
        "TRECE",
        "CATORCE",
        "QUINCE",
        "DIECISÉIS",
        "DIECISIETE",
        "DIECIOCHO",
        "DIECINUEVE",
        "VEINTE",
        "VEINTIUNO",
        "VEINTIDÓS",
        "VEINTITRÉS",
        "VEINTICUATRO",
        "VEINTICINCO",
        "VEINTISÉIS",
        "VEINTISIETE",
        "VEINTIOCHO",
        "VEINTINUEVE",
    ];
    const DECENAS: [&str; 10] = [
        "",
        "",
        "",
        "TREINTA",
        "CUARENTA",
        "CINCUENTA",
        "SESENTA",
        "SETENTA",
        "OCHENTA",
        "NOVENTA",
    ];
    let apocope = fin == Final::Apocope;
    match (n, n % 10) {
        (1, _) if apocope => "UN".into(),
        (21, _) if apocope => "VEINTIÚN".into(),
        (0..30, _) => HASTA_29[n as usize].into(),
        (_, 0) => DECENAS[(n / 10) as usize].into(),
        (_, unidad) => format!("{} Y {}", DECENAS[(n / 10) as usize], decenas(unidad, fin)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mx(importe: &str) -> String {
        importe_mx(Dinero::parse(importe, Moneda::Mxn).unwrap())
    }

    fn pe(importe: &str) -> String {
        importe_pe(Dinero::parse(importe, Moneda::Pen).unwrap())
    }

    #[test]
    fn mexican_words_follow_the_norm_to_the_letter() {
        let vectores = [
            ("0", "CERO PESOS 00"),
            ("1", "UN PESO 00"),
            ("0.50", "CERO PESOS 50"),
            ("16.05", "DIECISÉIS PESOS 05"),
            ("21", "VEINTIÚN PESOS 00"),
            ("22", "VEINTIDÓS PESOS 00"),
            ("26", "VEINTISÉIS PESOS 00"),
            ("31", "TREINTA Y UN PESOS 00"),
            ("100", "CIEN PESOS 00"),
            ("101", "CIENTO UN PESOS 00"),
            ("200", "DOSCIENTOS PESOS 00"),
            ("500", "QUINIENTOS PESOS 00"),
            ("700", "SETECIENTOS PESOS 00"),
            ("900", "NOVECIENTOS PESOS 00"),
            ("1000", "MIL PESOS 00"),
            ("1001", "MIL UN PESOS 00"),
            ("1021.10", "MIL VEINTIÚN PESOS 10"),
            ("21000", "VEINTIÚN MIL PESOS 00"),
            ("31500", "TREINTA Y UN MIL QUINIENTOS PESOS 00"),
            ("100000", "CIEN MIL PESOS 00"),
            ("121021", "CIENTO VEINTIÚN MIL VEINTIÚN PESOS 00"),
            ("999999.99", "NOVECIENTOS NOVENTA Y NUEVE MIL NOVECIENTOS NOVENTA Y NUEVE PESOS 99"),
            ("1000000", "UN MILLÓN DE PESOS 00"),
            ("1000001", "UN MILLÓN UN PESOS 00"),
            ("2000000", "DOS MILLONES DE PESOS 00"),
            ("21000000", "VEINTIÚN MILLONES DE PESOS 00"),
            (
                "1234567",
                "UN MILLÓN DOSCIENTOS TREINTA Y CUATRO MIL QUINIENTOS SESENTA Y SIETE PESOS 00",
            ),
        ];
        for (importe, esperado) in vectores {
            assert_eq!(mx(importe), format!("{esperado}/100 M.N."), "{importe}");
        }
    }

    #[test]
    fn peruvian_words_carry_no_accents_and_no_apocope_at_the_end() {
        let vectores = [
            ("0.50", "CERO CON 50"),
            ("1.00", "UNO CON 00"),
            ("16.10", "DIECISEIS CON 10"),
            ("21.00", "VEINTIUNO CON 00"),
            ("100.00", "CIEN CON 00"),
            ("118.00", "CIENTO DIECIOCHO CON 00"),
            ("272.40", "DOSCIENTOS SETENTA Y DOS CON 40"),
            ("1180.00", "MIL CIENTO OCHENTA CON 00"),
            ("21031.99", "VEINTIUN MIL TREINTA Y UNO CON 99"),
            ("101001.01", "CIENTO UN MIL UNO CON 01"),
            ("1000000.00", "UN MILLON CON 00"),
            ("2500000.75", "DOS MILLONES QUINIENTOS MIL CON 75"),
            ("3000000000.00", "TRES MIL MILLONES CON 00"),
        ];
        for (importe, esperado) in vectores {
            assert_eq!(pe(importe), format!("SON {esperado}/100 SOLES"), "{importe}");
        }
    }

    #[test]
    fn dollars_are_named_in_both_styles() {
        let usd = |c| Dinero::new(c, Moneda::Usd);
        assert_eq!(importe_mx(usd(2140)), "VEINTIÚN DÓLARES 40/100 USD");
        assert_eq!(importe_mx(usd(100)), "UN DÓLAR 00/100 USD");
        let esperado = "SON DOSCIENTOS VEINTICUATRO CON 20/100 DOLARES AMERICANOS";
        assert_eq!(importe_pe(usd(22420)), esperado);
    }

    #[test]
    fn the_largest_and_the_negative_amount_still_read() {
        let maximo = importe_pe(Dinero::new(i64::MAX, Moneda::Pen));
        assert!(maximo.starts_with("SON NOVENTA Y DOS MIL DOSCIENTOS TREINTA Y TRES BILLONES"));
        assert!(maximo.is_ascii() && maximo.len() <= 300);
        assert_eq!(mx("-1.20"), "MENOS UN PESO 20/100 M.N.");
        assert!(importe_mx(Dinero::new(i64::MIN, Moneda::Mxn)).starts_with("MENOS "));
    }
}
