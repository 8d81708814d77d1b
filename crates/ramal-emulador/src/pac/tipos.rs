//! Types of the attribute values of the Anexo 20 schema. It deliberately knows no catalogue of
//! codes.

use crate::decimales;

/// Simple type of an attribute, as the schema restricts it.
#[derive(Clone, Copy, Debug)]
pub enum Tipo {
    /// One value.
    Fijo(&'static str),
    /// From `0` to `1` characters, without `|`.
    Texto(usize, usize),
    /// Anything, checked by a rule of its own.
    Libre,
    /// t_Importe: up to 6 decimals.
    Importe,
    /// t_ImporteMXN: up to 2 decimals.
    ImporteMxn,
    /// Greater than zero with up to so many decimals.
    Positivo(usize),
    /// Exactly so many digits.
    Digitos(usize),
    /// `YYYY-MM-DDThh:mm:ss`.
    FechaHora,
    /// RFC pattern with a real date.
    Rfc,
    /// 8-4-4-4-12 hexadecimal.
    Uuid,
    /// Standard base64, not empty.
    Base64,
    /// Integer between two limits.
    Entero(u32, u32),
    /// One of a closed list.
    Lista(&'static [&'static str]),
}

impl Tipo {
    /// Whether `valor` belongs to the type.
    pub fn accepts(self, valor: &str) -> bool {
        match self {
            Tipo::Fijo(unico) => valor == unico,
            Tipo::Texto(min, max) => is_text(valor, min, max),
            Tipo::Libre => !valor.is_empty(),
            Tipo::Importe => decimales::parse(valor, 6).is_some(),
            Tipo::ImporteMxn => decimales::parse(valor, 2).is_some(),
            Tipo::Positivo(dec) => decimales::parse(valor, dec).is_some_and(|d| !d.is_zero()),
            Tipo::Digitos(n) => valor.len() == n && is_digits(valor),
            Tipo::FechaHora => is_fecha_hora(valor),
            Tipo::Rfc => is_rfc(valor),
            Tipo::Uuid => is_uuid(valor),
            Tipo::Base64 => {
                !valor.is_empty()
                    && valor.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
            }
            Tipo::Entero(min, max) => {
                is_digits(valor) && valor.parse::<u32>().is_ok_and(|n| (min..=max).contains(&n))
            }
            Tipo::Lista(valores) => valores.contains(&valor),
        }
    }
}

fn is_digits(valor: &str) -> bool {
    !valor.is_empty() && valor.bytes().all(|b| b.is_ascii_digit())
}

fn is_text(valor: &str, min: usize, max: usize) -> bool {
    let largo = valor.chars().count();
    (min..=max).contains(&largo) && !valor.contains('|')
}

/// `20[1-9]x-MM-DDThh:mm:ss`, a real moment.
pub fn is_fecha_hora(valor: &str) -> bool {
    let forma = valor.len() == 19
        && valor.starts_with("20")
        && valor.as_bytes()[2] != b'0'
        && valor.as_bytes()[10] == b'T';
    forma && valor.parse::<jiff::civil::DateTime>().is_ok()
}

/// 8-4-4-4-12 hexadecimal digits.
pub fn is_uuid(valor: &str) -> bool {
    valor.len() == 36
        && valor.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// RFC pattern: 3 or 4 letters, a real date, homoclave. The check digit is not a pattern.
pub fn is_rfc(valor: &str) -> bool {
    let letras: Vec<char> = valor.chars().collect();
    let inicio = match letras.len() {
        12 => 3,
        13 => 4,
        _ => return false,
    };
    let cabeza = letras[..inicio].iter().all(|c| c.is_ascii_uppercase() || "&Ñ".contains(*c));
    let fecha: String = letras[inicio..inicio + 6].iter().collect();
    let cola = &letras[inicio + 6..];
    let alnum = |c: &char| c.is_ascii_uppercase() || c.is_ascii_digit();
    cabeza
        && cola[..2].iter().all(alnum)
        && (cola[2].is_ascii_digit() || cola[2] == 'A')
        && is_yymmdd(&fecha)
}

fn is_yymmdd(fecha: &str) -> bool {
    if !is_digits(fecha) {
        return false;
    }
    let texto = format!("20{}-{}-{}", &fecha[..2], &fecha[2..4], &fecha[4..]);
    texto.parse::<jiff::civil::Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_pattern_needs_a_real_date() {
        for bueno in ["EKU9003173C9", "CACX7605101P8", "XAXX010101000", "H&E951128469"] {
            assert!(is_rfc(bueno), "{bueno}");
        }
        for malo in ["EKU9013173C9", "ABC", "eku9003173c9", "EKU900317", ""] {
            assert!(!is_rfc(malo), "{malo}");
        }
    }

    #[test]
    fn amounts_have_no_sign_no_exponent_and_six_decimals() {
        for bueno in ["0", "0.00", "430.172414", "1"] {
            assert!(Tipo::Importe.accepts(bueno), "{bueno}");
        }
        for malo in ["", "-1", "1e3", ".5", "5.", "1.1234567", "1,000.00", "NaN", "9999999999999"] {
            assert!(!Tipo::Importe.accepts(malo), "{malo}");
        }
    }

    #[test]
    fn fecha_is_local_without_zone_or_fraction() {
        assert!(is_fecha_hora("2026-11-20T10:00:00"));
        for malo in
            ["2026-11-20T10:00:00Z", "2026-02-30T10:00:00", "2026-11-20", "2006-01-01T00:00:00"]
        {
            assert!(!is_fecha_hora(malo), "{malo}");
        }
    }
}
