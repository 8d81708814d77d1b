//! One key for the several ways of writing one mobile number, for matching only (W12). What Meta
//! sent is stored as it came.

use ramal_canales::whatsapp::telefono::canonical;
pub use ramal_canales::whatsapp::telefono::is_bsuid;

/// Digits under which two writings of one number meet: `5215512345678` and `+52 55 1234 5678`.
///
/// Shape: what is no telephone (`MX.1349…`) comes back as it is.
pub fn key(texto: &str) -> String {
    canonical(texto).unwrap_or_else(|| texto.to_owned())
}

/// Market (ISO country) of a number, for its price; empty if the prefix is not in the table.
pub fn market(texto: &str) -> &'static str {
    if let Some(pais) = ["MX", "PE", "AR"].into_iter().find(|p| texto.starts_with(&format!("{p}.")))
    {
        return pais;
    }
    match key(texto).get(..2) {
        Some("52") => "MX",
        Some("51") => "PE",
        Some("54") => "AR",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writings_of_one_mobile_meet() {
        for (uno, otro) in [
            ("+525512345678", "5215512345678"),
            ("541123456789", "5491123456789"),
            ("551187654321", "5511987654321"),
            ("+51 987 654 321", "51987654321"),
        ] {
            assert_eq!(key(uno), key(otro), "{uno}");
        }
        assert_ne!(key("51987654321"), key("51987654322"));
    }

    #[test]
    fn no_telephone_rule_touches_a_business_scoped_id() {
        assert_eq!(key("MX.521551234567"), "MX.521551234567");
        assert!(is_bsuid("PE.1") && !is_bsuid("5215512345678") && !is_bsuid("M1."));
        assert_eq!((market("PE.13"), market("+525512345678"), market("+1202")), ("PE", "MX", ""));
    }
}
