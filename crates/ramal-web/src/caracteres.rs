//! Characters that no text of Ramal may hold, because neither PostgreSQL nor XML 1.0 can. It
//! repairs nothing.

/// Whether a JSON document has a string with a character that cannot be stored or written in a
/// legal document.
///
/// Looks at the escapes (`\u0000`) and at the raw bytes of U+FFFE and U+FFFF; raw control
/// characters are a syntax error of JSON already. Source: XML 1.0, production 2.
pub fn has_forbidden_json(json: &[u8]) -> bool {
    let mut i = 0;
    while i < json.len() {
        if json[i] == b'\\' {
            if json.get(i + 1) == Some(&b'u') && is_forbidden_escape(json.get(i + 2..i + 6)) {
                return true;
            }
            i += 2;
        } else if matches!(json.get(i..i + 3), Some([0xEF, 0xBF, 0xBE | 0xBF])) {
            return true;
        } else {
            i += 1;
        }
    }
    false
}

fn is_forbidden_escape(hex: Option<&[u8]>) -> bool {
    let texto = hex.and_then(|h| std::str::from_utf8(h).ok());
    texto.and_then(|t| u32::from_str_radix(t, 16).ok()).is_some_and(is_forbidden)
}

fn is_forbidden(punto: u32) -> bool {
    (punto < 0x20 && !matches!(punto, 0x9 | 0xA | 0xD)) || matches!(punto, 0xFFFE | 0xFFFF)
}

/// Whether a text has a character that cannot be stored or written in a legal document.
pub fn has_forbidden_text(texto: &str) -> bool {
    texto.chars().any(|c| is_forbidden(c as u32))
}

/// Whether a path or query has a percent-escaped control character.
pub fn has_forbidden_uri(texto: &str) -> bool {
    let bytes = texto.as_bytes();
    bytes.windows(3).any(|v| {
        let hex = std::str::from_utf8(&v[1..]).ok();
        let punto = hex.and_then(|h| u32::from_str_radix(h, 16).ok());
        v[0] == b'%' && punto.is_some_and(is_forbidden)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_never_reaches_the_database() {
        assert!(has_forbidden_json(br#"{"a":"x\u0000"}"#));
        assert!(has_forbidden_json(br#"{"a":"\u001F"}"#));
        assert!(has_forbidden_json("{\"a\":\"\u{FFFF}\"}".as_bytes()));
        assert!(has_forbidden_uri("/a/%00"));
        assert!(has_forbidden_uri("q=%1f"));
    }

    #[test]
    fn honest_texts_pass() {
        assert!(!has_forbidden_json(br#"{"a":"\\u0000 \n \u00f1 \u0009"}"#));
        assert!(!has_forbidden_json("{\"a\":\"ñandú 👍\"}".as_bytes()));
        assert!(!has_forbidden_json(br#"{"a":"\u00"#));
        assert!(!has_forbidden_uri("q=a%20b%0Ac%C3%B1%"));
    }
}
