//! Telephone numbers to E.164 by country. It does not know whether a line answers or has WhatsApp.

use crate::Pais;

/// Why a text is not a telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{codigo}: {motivo}")]
pub struct TelefonoError {
    /// Stable code: `telefono_corto`, `telefono_largo` or `telefono_formato`.
    pub codigo: &'static str,
    /// What is wrong and what to do, in Spanish.
    pub motivo: &'static str,
}

const CORTO: TelefonoError = TelefonoError {
    codigo: "telefono_corto",
    motivo: "Al teléfono le faltan dígitos; pida el número completo con su lada o código.",
};
const LARGO: TelefonoError = TelefonoError {
    codigo: "telefono_largo",
    motivo: "Al teléfono le sobran dígitos; escriba un solo número.",
};
const FORMATO: TelefonoError = TelefonoError {
    codigo: "telefono_formato",
    motivo: "El teléfono solo lleva dígitos, espacios, guiones, paréntesis y + al inicio.",
};

/// Reads a number as people write it and returns it in E.164, e.g. `+51979514083`.
///
/// Shape: without an international prefix it is a number of `pais`; with the prefix of another
/// country it is taken as it is if it has 8 to 15 digits. Seven digits in Peru are a landline of
/// Lima.
/// Errors: `telefono_corto`, `telefono_largo`, `telefono_formato`.
///
/// ```
/// use ramal_base::{Pais, telefono};
/// assert_eq!(telefono::e164(Pais::Mx, "(55) 1234-5678").as_deref(), Ok("+525512345678"));
/// ```
pub fn e164(pais: Pais, texto: &str) -> Result<String, TelefonoError> {
    let (mas, digitos) = separar(texto)?;
    let prefijo = pais.prefijo_telefonico();
    if !mas && is_nacional(pais, &digitos) {
        return completo(pais, &digitos);
    }
    let salida = digitos.strip_prefix("00").filter(|_| !mas);
    let con_prefijo = salida.unwrap_or(&digitos);
    match con_prefijo.strip_prefix(prefijo) {
        Some(resto) if mas || salida.is_some() || is_nacional(pais, resto) => completo(pais, resto),
        None if mas || salida.is_some() => extranjero(con_prefijo),
        _ => completo(pais, &digitos),
    }
}

fn completo(pais: Pais, digitos: &str) -> Result<String, TelefonoError> {
    let numero = nacional(pais, digitos)?;
    Ok(format!("+{}{numero}", pais.prefijo_telefonico()))
}

/// Whether a plus was written, and the bare digits.
fn separar(texto: &str) -> Result<(bool, String), TelefonoError> {
    let texto = texto.trim().trim_start_matches('(');
    let (mas, cuerpo) = match texto.strip_prefix('+') {
        Some(resto) => (true, resto),
        None => (false, texto),
    };
    let separador = |c: char| c.is_whitespace() || "-.()\u{2013}".contains(c);
    if !cuerpo.chars().all(|c| c.is_ascii_digit() || separador(c)) {
        return Err(FORMATO);
    }
    Ok((mas, cuerpo.chars().filter(char::is_ascii_digit).collect()))
}

fn extranjero(digitos: &str) -> Result<String, TelefonoError> {
    match digitos.len() {
        0..8 => Err(CORTO),
        8..=15 if !digitos.starts_with('0') => Ok(format!("+{digitos}")),
        8..=15 => Err(FORMATO),
        _ => Err(LARGO),
    }
}

/// National significant number: what goes after the country prefix.
fn nacional(pais: Pais, digitos: &str) -> Result<String, TelefonoError> {
    match pais {
        Pais::Pe => peru(digitos),
        Pais::Mx => mexico(digitos),
        Pais::Ar => argentina(digitos),
    }
}

fn is_nacional(pais: Pais, digitos: &str) -> bool {
    nacional(pais, digitos).is_ok()
}

/// Mobile: 9 digits that start with 9. Landline: 8 digits with area, or 7 in Lima.
fn peru(digitos: &str) -> Result<String, TelefonoError> {
    let numero = digitos.strip_prefix('0').unwrap_or(digitos);
    let movil = numero.starts_with('9');
    match numero.len() {
        9 if movil => Ok(numero.into()),
        8 if !movil && !numero.starts_with('0') => Ok(numero.into()),
        7 if !movil && !numero.starts_with('0') => Ok(format!("1{numero}")),
        0..=8 => Err(CORTO),
        9 => Err(FORMATO),
        _ => Err(LARGO),
    }
}

/// Ten digits since 2019; the old 01, 044, 045 and the 1 of mobiles are dropped.
fn mexico(digitos: &str) -> Result<String, TelefonoError> {
    let sin = |prefijo: &str| digitos.strip_prefix(prefijo).filter(|r| r.len() == 10);
    let viejos = ["01", "044", "045", "1"];
    let numero = viejos.iter().find_map(|p| sin(p)).unwrap_or(digitos);
    match numero.len() {
        10 => Ok(numero.into()),
        0..10 => Err(CORTO),
        _ => Err(LARGO),
    }
}

/// Ten digits with area; mobiles con_prefijo carry a 9 before them.
fn argentina(digitos: &str) -> Result<String, TelefonoError> {
    let numero = digitos.strip_prefix('0').unwrap_or(digitos);
    match numero.len() {
        10 if !numero.starts_with('0') => Ok(numero.into()),
        11 if numero.starts_with('9') => Ok(numero.into()),
        0..10 => Err(CORTO),
        10 | 11 => Err(FORMATO),
        _ => Err(LARGO),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codigo(pais: Pais, texto: &str) -> &'static str {
        e164(pais, texto).map_or_else(|e| e.codigo, |_| "valido")
    }

    #[test]
    fn one_line_written_in_many_ways_is_one_number() {
        let formas = [
            "979514083",
            "+51 979 514 083",
            "51979514083",
            "0051 979514083",
            " 979-514-083 ",
            "(+51) 979514083",
            "+51979514083",
            "979.514.083",
            "0979514083",
        ];
        for forma in formas {
            assert_eq!(e164(Pais::Pe, forma).as_deref(), Ok("+51979514083"), "{forma}");
        }
        for forma in [
            "5512345678",
            "+52 55 1234 5678",
            "525512345678",
            "(55) 1234-5678",
            "044 55 12345678",
            "01 55 1234 5678",
            "+52 1 55 1234 5678",
            "5215512345678",
        ] {
            assert_eq!(e164(Pais::Mx, forma).as_deref(), Ok("+525512345678"), "{forma}");
        }
    }

    #[test]
    fn peruvian_landlines_carry_their_area() {
        assert_eq!(e164(Pais::Pe, "01 415-1515").as_deref(), Ok("+5114151515"));
        assert_eq!(e164(Pais::Pe, "4151515").as_deref(), Ok("+5114151515"));
        assert_eq!(e164(Pais::Pe, "(084) 234567").as_deref(), Ok("+5184234567"));
        assert_eq!(e164(Pais::Pe, "51 23456 7").as_deref(), Ok("+5151234567"));
    }

    #[test]
    fn a_number_without_its_last_digits_is_short_not_accepted() {
        for texto in ["", "979514", "+51 979 514", "97951408", "+51 97951408", "9795140"] {
            assert_eq!(codigo(Pais::Pe, texto), "telefono_corto", "{texto}");
        }
        for texto in ["551234567", "+52 551234567", "12345678"] {
            assert_eq!(codigo(Pais::Mx, texto), "telefono_corto", "{texto}");
        }
        assert_eq!(codigo(Pais::Pe, "+1 555"), "telefono_corto");
    }

    #[test]
    fn letters_and_two_numbers_in_one_are_refused() {
        for texto in ["no tiene", "979514083 / 987654321", "979+514083", "979514083x"] {
            assert_eq!(codigo(Pais::Pe, texto), "telefono_formato", "{texto}");
        }
        assert_eq!(codigo(Pais::Pe, "979514083 987654321"), "telefono_largo");
        assert_eq!(codigo(Pais::Pe, "879514083"), "telefono_formato");
        assert_eq!(codigo(Pais::Mx, "55123456789"), "telefono_largo");
    }

    #[test]
    fn a_foreign_number_keeps_its_own_prefix() {
        assert_eq!(e164(Pais::Pe, "+54 9 11 1234-5678").as_deref(), Ok("+5491112345678"));
        assert_eq!(e164(Pais::Mx, "+1 (415) 555-2671").as_deref(), Ok("+14155552671"));
        assert_eq!(codigo(Pais::Mx, "+1234567890123456"), "telefono_largo");
        assert_eq!(codigo(Pais::Mx, "+0123456789"), "telefono_formato");
        assert_eq!(e164(Pais::Ar, "011 1234-5678").as_deref(), Ok("+541112345678"));
        assert_eq!(e164(Pais::Ar, "+54 9 11 1234 5678").as_deref(), Ok("+5491112345678"));
    }
}
