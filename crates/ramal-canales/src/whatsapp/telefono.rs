//! Phones as WhatsApp writes them: which spellings are one line (W8, W12). For matching only: what
//! Meta sent is stored as it came.

/// Whether it is a business-scoped user id (`MX.1349…`), on which no phone rule may run.
pub fn is_bsuid(texto: &str) -> bool {
    let b = texto.as_bytes();
    b.len() > 3 && b[0].is_ascii_uppercase() && b[1].is_ascii_uppercase() && b[2] == b'.'
}

/// Every spelling of the same line, digits only, the given one first.
///
/// Shape: empty for a BSUID and for a text without digits. MX 52+10 ≡ 521+10; AR 54+10 ≡ 549+10;
/// BR 55+DD+8 ≡ 55+DD+9+8.
pub fn equivalents(telefono: &str) -> Vec<String> {
    if is_bsuid(telefono) {
        return Vec::new();
    }
    let digitos: String = telefono.chars().filter(char::is_ascii_digit).collect();
    if digitos.is_empty() {
        return Vec::new();
    }
    let otra = other_spelling(&digitos);
    std::iter::once(digitos).chain(otra).collect()
}

/// Whether two texts name the same line.
pub fn is_same(a: &str, b: &str) -> bool {
    let de_b = equivalents(b);
    equivalents(a).iter().any(|x| de_b.contains(x))
}

/// The spelling under which a line is indexed: equal for all its equivalents.
///
/// Shape: digits; the shorter of the spellings. `None` for a BSUID.
pub fn canonical(telefono: &str) -> Option<String> {
    equivalents(telefono).into_iter().min_by_key(String::len)
}

fn other_spelling(d: &str) -> Option<String> {
    match (d.get(..2)?, d.len()) {
        ("52" | "54", 12) => {
            let marca = if d.starts_with("52") { '1' } else { '9' };
            Some(format!("{}{marca}{}", &d[..2], &d[2..]))
        }
        ("52", 13) if d[2..].starts_with('1') => Some(format!("52{}", &d[3..])),
        ("54", 13) if d[2..].starts_with('9') => Some(format!("54{}", &d[3..])),
        ("55", 12) => Some(format!("{}9{}", &d[..4], &d[4..])),
        ("55", 13) if d[4..].starts_with('9') => Some(format!("{}{}", &d[..4], &d[5..])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_has_both_its_spellings() {
        assert_eq!(equivalents("525512345678"), ["525512345678", "5215512345678"]);
        assert_eq!(equivalents("+52 1 55 1234 5678"), ["5215512345678", "525512345678"]);
        assert_eq!(equivalents("541112345678"), ["541112345678", "5491112345678"]);
        assert_eq!(equivalents("551187654321"), ["551187654321", "5511987654321"]);
        assert_eq!(equivalents("5511987654321"), ["5511987654321", "551187654321"]);
        assert_eq!(equivalents("51979514083"), ["51979514083"]);
        assert!(is_same("+525512345678", "5215512345678"));
        assert!(!is_same("525512345678", "525512345679"));
        assert_eq!(canonical("5215512345678"), canonical("+525512345678"));
    }

    #[test]
    fn no_rule_of_phones_runs_on_a_bsuid() {
        assert!(is_bsuid("MX.1349000000000"));
        assert!(!is_bsuid("525512345678"));
        assert_eq!(equivalents("MX.525512345678"), Vec::<String>::new());
        assert!(!is_same("MX.525512345678", "525512345678"));
    }
}
