//! Escapes of canonical XML (C14N 1.0, section 2.3), for text and for attribute values.
//!
//! It does not clean what XML forbids (control characters): the caller normalises its texts first.

/// Appends `s` as element text: `&`, `<`, `>` and carriage return are escaped.
///
/// Source: Canonical XML 1.0, 2.3, "Text Nodes".
pub fn push_text(out: &mut Vec<u8>, s: &str) {
    push(out, s, text_escape);
}

/// Appends `s` as an attribute value, without the quotes: `&`, `<`, `"`, tab, line feed and
/// carriage return are escaped.
///
/// Source: Canonical XML 1.0, 2.3, "Attribute Nodes".
pub fn push_attr(out: &mut Vec<u8>, s: &str) {
    push(out, s, attr_escape);
}

const fn text_escape(byte: u8) -> &'static [u8] {
    match byte {
        b'&' => b"&amp;",
        b'<' => b"&lt;",
        b'>' => b"&gt;",
        b'\r' => b"&#xD;",
        _ => b"",
    }
}

const fn attr_escape(byte: u8) -> &'static [u8] {
    match byte {
        b'&' => b"&amp;",
        b'<' => b"&lt;",
        b'"' => b"&quot;",
        b'\t' => b"&#x9;",
        b'\n' => b"&#xA;",
        b'\r' => b"&#xD;",
        _ => b"",
    }
}

// Every byte that is escaped is ASCII at or below '>', so one comparison skips letters and all of
// the bytes of accented characters; whole clean runs are copied at once.
#[inline]
fn push(out: &mut Vec<u8>, s: &str, escape: impl Fn(u8) -> &'static [u8]) {
    let bytes = s.as_bytes();
    let mut clean_from = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte > b'>' {
            continue;
        }
        let escaped = escape(byte);
        if !escaped.is_empty() {
            out.extend_from_slice(&bytes[clean_from..at]);
            out.extend_from_slice(escaped);
            clean_from = at + 1;
        }
    }
    out.extend_from_slice(&bytes[clean_from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(s: &str) -> String {
        let mut out = Vec::new();
        push_text(&mut out, s);
        String::from_utf8_lossy(&out).into_owned()
    }

    fn attr(s: &str) -> String {
        let mut out = Vec::new();
        push_attr(&mut out, s);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn text_escapes_only_what_canonical_form_escapes() {
        let want = "a&amp;b&lt;c&gt;d\"e'f\t\n&#xD;\u{f1}";
        assert_eq!(text("a&b<c>d\"e'f\t\n\r\u{f1}"), want);
        assert_eq!(text(""), "");
        assert_eq!(text("&"), "&amp;");
    }

    #[test]
    fn attribute_keeps_apostrophe_and_greater_than_raw() {
        assert_eq!(attr("a&b<c>d\"e'f\t\n\r"), "a&amp;b&lt;c>d&quot;e'f&#x9;&#xA;&#xD;");
        assert_eq!(attr("\u{1f600} fin&"), "\u{1f600} fin&amp;");
    }
}
