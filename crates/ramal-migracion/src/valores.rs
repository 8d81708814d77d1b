//! Dates and amounts as other systems write them. Knows no row and no profile beyond the format.

use jiff::fmt::strtime;
use ramal_base::Fecha;

use crate::perfil::{Fechas, FormatoDinero};

/// Years outside which a date is a slip of the finger or a filler.
const ANIOS: std::ops::RangeInclusive<i16> = 1950..=2100;

/// Reads a date in the first format that fits; none if no format does or no calendar has it.
pub fn fecha(texto: &str, formatos: &Fechas) -> Option<Fecha> {
    let leida = formatos.formatos.iter().find_map(|formato| {
        let partes = strtime::parse(formato.as_str(), texto.trim()).ok()?;
        partes.to_date().ok()
    });
    leida.map(Fecha).filter(|f| ANIOS.contains(&f.anio()))
}

/// Why a cell is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MontoError {
    /// The cell is empty.
    Vacio,
    /// It is not a number in the format.
    Texto,
    /// It is below zero.
    Negativo,
}

/// Reads an amount in minor units. Decimals beyond the second must be zeros.
pub fn monto(texto: &str, formato: &FormatoDinero) -> Result<i64, MontoError> {
    let cuerpo = without_signs(texto.trim(), formato);
    if texto.trim().is_empty() {
        return Err(MontoError::Vacio);
    }
    let (negativo, cuerpo) = match cuerpo.strip_prefix('-') {
        Some(resto) => (true, resto),
        None => (false, cuerpo),
    };
    let centavos = plain(cuerpo, formato).ok_or(MontoError::Texto)?;
    if negativo && centavos != 0 { Err(MontoError::Negativo) } else { Ok(centavos) }
}

fn without_signs<'a>(texto: &'a str, formato: &FormatoDinero) -> &'a str {
    let signos = || formato.signos.iter().map(String::as_str);
    let sin_antes = signos().find_map(|s| texto.strip_prefix(s)).unwrap_or(texto).trim();
    signos().find_map(|s| sin_antes.strip_suffix(s)).unwrap_or(sin_antes).trim()
}

fn plain(cuerpo: &str, formato: &FormatoDinero) -> Option<i64> {
    let (entero, decimales) = match cuerpo.split_once(formato.decimal) {
        Some((_, "")) => return None,
        Some(partes) => partes,
        None => (cuerpo, ""),
    };
    let entero = without_thousands(entero, formato.miles)?;
    let digitos = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let (centavos, sobra) = decimales.split_at_checked(2).unwrap_or((decimales, ""));
    let bien = !entero.is_empty() && digitos(&entero) && digitos(decimales);
    if !bien || sobra.bytes().any(|b| b != b'0') {
        return None;
    }
    ramal_base::dinero::parse_centavos(&format!("{entero}.{centavos:0<2}")).ok()
}

/// The digits without marks of thousands; none if a mark stands where thousands do not.
fn without_thousands(entero: &str, miles: Option<char>) -> Option<String> {
    let Some(marca) = miles else { return Some(entero.to_owned()) };
    let grupos: Vec<&str> = entero.split(marca).collect();
    let bien = grupos.len() == 1
        || ((1..=3).contains(&grupos[0].len()) && grupos[1..].iter().all(|g| g.len() == 3));
    bien.then(|| grupos.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Perfil;

    #[test]
    fn dates_of_both_kinds_are_read_and_impossible_days_are_not() {
        let perfil = Perfil::find("seed003").unwrap();
        for (texto, esperada) in [
            ("2027-10-24", Some("2027-10-24")),
            ("05/11/2026", Some("2026-11-05")),
            (" 2026-11-05 ", Some("2026-11-05")),
            ("2026-11-05 00:00:00", Some("2026-11-05")),
            ("2026-11-05 00:00:00.000000", Some("2026-11-05")),
            ("2026-11-05T00:00:00", Some("2026-11-05")),
            ("29/02/2028", Some("2028-02-29")),
            ("0000-00-00", None),
            ("2026-02-30", None),
            ("31/11/2026", None),
            ("11/31/2026", None),
            ("", None),
            ("pronto", None),
            ("0026-11-05", None),
        ] {
            let leida = fecha(texto, &perfil.fechas).map(|f| f.to_string());
            assert_eq!(leida.as_deref(), esperada, "{texto}");
        }
    }

    #[test]
    fn amounts_are_read_to_the_cent_and_nothing_is_guessed() {
        let punto = Perfil::find("seed003").unwrap().dinero;
        for (texto, esperado) in [
            ("S/ 1,180.00", Ok(118_000)),
            ("S/.99.90", Ok(9990)),
            ("99.9", Ok(9990)),
            ("99.9000", Ok(9990)),
            ("1180", Ok(118_000)),
            ("99.90 PEN", Ok(9990)),
            ("-0.00", Ok(0)),
            ("", Err(MontoError::Vacio)),
            ("-5", Err(MontoError::Negativo)),
            ("399,00,00", Err(MontoError::Texto)),
            ("1,18", Err(MontoError::Texto)),
            ("1,180,0", Err(MontoError::Texto)),
            ("99.", Err(MontoError::Texto)),
            ("99.905", Err(MontoError::Texto)),
            ("N/D", Err(MontoError::Texto)),
            ("S/", Err(MontoError::Texto)),
            ("1e3", Err(MontoError::Texto)),
        ] {
            assert_eq!(monto(texto, &punto), esperado, "{texto}");
        }
        let signos = vec!["€".to_owned()];
        let coma = FormatoDinero { decimal: ',', miles: Some('.'), signos };
        assert_eq!(monto("1.180,50 €", &coma), Ok(118_050));
        assert_eq!(monto("1180.50", &coma), Err(MontoError::Texto));
    }
}
