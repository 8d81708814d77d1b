//! Phones as WhatsApp rewrites them. It knows which numbers exist in no country.

/// Id that WhatsApp gives to a number that was written in digits: in Mexico and Argentina it is not
/// the same digits. `None` if it is no number.
pub fn wa_id(digitos: &str) -> Option<String> {
    let bien = (8..=15).contains(&digitos.len())
        && digitos.bytes().all(|b| b.is_ascii_digit())
        && !digitos.starts_with('0');
    if !bien {
        return None;
    }
    let (pais, resto) = digitos.split_at(2);
    Some(match (pais, resto.len()) {
        ("52", 10) => format!("521{resto}"),
        ("54", 10) => format!("549{resto}"),
        _ => digitos.to_owned(),
    })
}

/// Country of the id, for the BSUID.
pub fn pais(wa_id: &str) -> &'static str {
    match wa_id.get(..2) {
        Some("52") => "MX",
        Some("51") => "PE",
        Some("54") => "AR",
        _ => "US",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mexico_and_argentina_come_back_with_other_digits() {
        assert_eq!(wa_id("525512345678").as_deref(), Some("5215512345678"));
        assert_eq!(wa_id("5215512345678").as_deref(), Some("5215512345678"));
        assert_eq!(wa_id("541112345678").as_deref(), Some("5491112345678"));
        assert_eq!(wa_id("51979514083").as_deref(), Some("51979514083"));
        for malo in ["", "5512", "+525512345678", "055123456789", "1234567890123456"] {
            assert_eq!(wa_id(malo), None, "{malo}");
        }
    }
}
