//! Amounts and dates as banks write them, to minor units and days. No float passes here, and what
//! could be read in two ways is refused instead of guessed.

use ramal_base::Fecha;

use crate::error::Motivo;

/// Minor units of an amount with a known decimal separator.
///
/// Accepts a currency sign, blanks, thousands separators in their places, a sign in front or
/// behind, parentheses and the `CR`/`DR` of some banks. Errors: `Importe`.
pub fn centavos(texto: &str, decimal: char) -> Result<i64, Motivo> {
    let miles = if decimal == ',' { '.' } else { ',' };
    let (negativo, cuerpo) = unsigned(texto);
    let (entero, fraccion) = match cuerpo.rsplit_once(decimal) {
        Some((entero, fraccion)) => (entero, fraccion),
        None => (cuerpo.as_str(), ""),
    };
    if !is_grouped(entero, miles) || !is_fraction(fraccion) {
        return Err(Motivo::Importe);
    }
    let digitos: String = entero.chars().filter(char::is_ascii_digit).collect();
    let (visible, resto) = fraccion.split_at(fraccion.len().min(2));
    if digitos.is_empty() && visible.is_empty() || resto.bytes().any(|b| b != b'0') {
        return Err(Motivo::Importe);
    }
    let junto = format!("{digitos}{visible:0<2}");
    let valor: i64 = junto.parse().map_err(|_| Motivo::Importe)?;
    Ok(if negativo { -valor } else { valor })
}

fn unsigned(texto: &str) -> (bool, String) {
    let mut cuerpo: String = texto
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '$' | '\u{a0}' | '"'))
        .collect();
    for prefijo in ["S/.", "S/", "MXN", "PEN", "USD", "US"] {
        if let Some(resto) = cuerpo.strip_prefix(prefijo) {
            cuerpo = resto.to_owned();
        }
    }
    let mut negativo = false;
    if let Some(dentro) = cuerpo.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
        (negativo, cuerpo) = (true, dentro.to_owned());
    }
    for (cola, resta) in [("CR", false), ("DR", true), ("-", true), ("+", false)] {
        if let Some(resto) = cuerpo.strip_suffix(cola) {
            return (resta || negativo, resto.to_owned());
        }
    }
    match cuerpo.strip_prefix('-') {
        Some(resto) => (true, resto.trim_start_matches('$').to_owned()),
        None => (negativo, cuerpo.strip_prefix('+').unwrap_or(&cuerpo).to_owned()),
    }
}

/// Digits alone, or in groups of three after the first.
fn is_grouped(entero: &str, miles: char) -> bool {
    let mut grupos = entero.split(miles);
    let digitos = |g: &str| g.bytes().all(|b| b.is_ascii_digit());
    let Some(primero) = grupos.next() else { return false };
    let resto: Vec<&str> = grupos.collect();
    let bien_primero = digitos(primero) && (resto.is_empty() || (1..=3).contains(&primero.len()));
    bien_primero && resto.iter().all(|g| g.len() == 3 && digitos(g))
}

fn is_fraction(fraccion: &str) -> bool {
    fraccion.len() <= 6 && fraccion.bytes().all(|b| b.is_ascii_digit())
}

/// A day by a pattern of `aaaa`, `aa`, `mm` (number), `mes` (three letters) and `dd`; any other
/// character stands for itself, and text after the pattern (an hour) is ignored.
///
/// Errors: `Fecha` with the pattern.
pub fn fecha(texto: &str, patron: &str) -> Result<Fecha, Motivo> {
    let mala = || Motivo::Fecha(patron.to_owned());
    let mut resto = texto.trim();
    let mut falta = patron;
    let (mut anio, mut mes, mut dia) = (None, None, None);
    while !falta.is_empty() {
        if let Some(p) = falta.strip_prefix("aaaa") {
            (anio, falta) = (Some(number(&mut resto, 4).ok_or_else(mala)?), p);
        } else if let Some(p) = falta.strip_prefix("aa") {
            let corto = number(&mut resto, 2).ok_or_else(mala)?;
            (anio, falta) = (Some(corto + 2000), p);
        } else if let Some(p) = falta.strip_prefix("mes") {
            (mes, falta) = (Some(month(&mut resto).ok_or_else(mala)?), p);
        } else if let Some(p) = falta.strip_prefix("mm") {
            (mes, falta) = (Some(number(&mut resto, 2).ok_or_else(mala)?), p);
        } else if let Some(p) = falta.strip_prefix("dd") {
            (dia, falta) = (Some(number(&mut resto, 2).ok_or_else(mala)?), p);
        } else {
            let mut letras = falta.chars();
            let esperada = letras.next().unwrap_or(' ');
            resto = resto.strip_prefix(esperada).ok_or_else(mala)?;
            falta = letras.as_str();
        }
    }
    if resto.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(mala());
    }
    let entero = |n: Option<i16>| n.and_then(|n| i8::try_from(n).ok());
    match (anio, entero(mes), entero(dia)) {
        (Some(a), Some(m), Some(d)) => Fecha::new(a, m, d).map_err(|_| mala()),
        _ => Err(mala()),
    }
}

fn number(resto: &mut &str, cifras: usize) -> Option<i16> {
    let hay = resto.bytes().take(cifras).take_while(u8::is_ascii_digit).count();
    // Days and months may come without their zero: 5/3/2026.
    let bien = if cifras == 4 { hay == 4 } else { hay >= 1 };
    if !bien {
        return None;
    }
    let (numero, cola) = resto.split_at(hay);
    *resto = cola;
    numero.parse().ok()
}

fn month(resto: &mut &str) -> Option<i16> {
    const MESES: [&str; 12] =
        ["ENE", "FEB", "MAR", "ABR", "MAY", "JUN", "JUL", "AGO", "SEP", "OCT", "NOV", "DIC"];
    const MONTHS: [&str; 12] =
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    let tres = resto.get(..3)?.to_uppercase();
    let lugar = MESES.iter().zip(MONTHS).position(|(es, en)| *es == tres || en == tres)?;
    *resto = resto.get(3..)?;
    i16::try_from(lugar + 1).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ramal_base::dinero::format_centavos;

    use super::*;

    #[test]
    fn amounts_as_banks_write_them() {
        for (texto, decimal, vale) in [
            ("1,234.56", '.', 123_456),
            ("$ 1,234.5", '.', 123_450),
            ("-$499.00", '.', -49_900),
            ("$-499.00", '.', -49_900),
            ("S/ 99.90", '.', 9_990),
            ("(12.00)", '.', -1_200),
            ("12.00-", '.', -1_200),
            ("500.00 CR", '.', 50_000),
            ("500.00DR", '.', -50_000),
            ("1.234,56", ',', 123_456),
            ("123,", ',', 12_300),
            (".50", '.', 50),
            ("7", '.', 700),
            ("12.500000", '.', 1_250),
        ] {
            assert_eq!(centavos(texto, decimal), Ok(vale), "{texto}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let malos = ["1,23", "1.234,56", "1,2345.00", "", "-", "1e5", "12.345", "NaN", "1 2,3"];
        for malo in malos {
            assert_eq!(centavos(malo, '.'), Err(Motivo::Importe), "{malo}");
        }
        assert_eq!(centavos("99999999999999999999", '.'), Err(Motivo::Importe));
    }

    #[test]
    fn dates_by_pattern() {
        let dia = Fecha::new(2026, 11, 5).unwrap();
        for (texto, patron) in [
            ("05/11/2026", "dd/mm/aaaa"),
            ("5/11/2026", "dd/mm/aaaa"),
            ("05112026", "ddmmaaaa"),
            ("2026-11-05T10:15:00.000-04:00", "aaaa-mm-dd"),
            ("05-NOV-26", "dd-mes-aa"),
            ("261105", "aammdd"),
        ] {
            assert_eq!(fecha(texto, patron), Ok(dia), "{texto}");
        }
        for (malo, patron) in
            [("31/02/2026", "dd/mm/aaaa"), ("2026-11-055", "aaaa-mm-dd"), ("", "dd/mm/aaaa")]
        {
            assert!(fecha(malo, patron).is_err(), "{malo}");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(n in -900_000_000_000_i64..900_000_000_000) {
            prop_assert_eq!(centavos(&format_centavos(n), '.'), Ok(n));
            let coma = format_centavos(n).replace('.', ",");
            prop_assert_eq!(centavos(&coma, ','), Ok(n));
        }

        #[test]
        fn no_text_makes_it_panic(texto in ".{0,40}", patron in "[amd/ -]{0,12}") {
            let _ = centavos(&texto, '.');
            let _ = fecha(&texto, &patron);
        }
    }
}
