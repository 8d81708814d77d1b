//! Text of attributes: cleaning before building and the XPath `normalize-space` of the cadena. It
//! does not escape XML.

use std::borrow::Cow;

/// Text of an attribute: free when constant, owned when built.
pub type Texto = Cow<'static, str>;

/// The four characters that XPath and XML call white space.
fn is_espacio_xml(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Appends `texto` as XPath `normalize-space` gives it: ends stripped, runs of space, tab, CR and
/// LF become one space.
///
/// U+00A0 and the other Unicode spaces stay, as in the official stylesheet (Anexo 20, I.D).
pub fn push_normalizado(salida: &mut Vec<u8>, texto: &str) {
    let bytes = texto.as_bytes();
    if !bytes.iter().any(|b| is_espacio_xml(*b)) {
        salida.extend_from_slice(bytes);
        return;
    }
    let palabras = bytes.split(|b| is_espacio_xml(*b)).filter(|p| !p.is_empty());
    for (i, palabra) in palabras.enumerate() {
        if i > 0 {
            salida.push(b' ');
        }
        salida.extend_from_slice(palabra);
    }
}

/// Cleans a text before it enters a comprobante: every kind of space becomes one plain space,
/// control characters go.
///
/// Shape: the result may be empty, and then the attribute must be left out. A `|` becomes `/`,
/// because no text of a CFDI may hold one. Source: Anexo 20, text patterns `[^|]`.
pub fn sanear(texto: &str) -> Texto {
    if texto.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'|') {
        return Cow::Owned(texto.to_owned());
    }
    let mut limpio = String::with_capacity(texto.len());
    for palabra in texto.split(|c: char| c.is_whitespace()) {
        let antes = limpio.len();
        let visibles = palabra.chars().filter(|c| !c.is_control() && !is_no_xml(*c));
        limpio.extend(visibles.map(|c| if c == '|' { '/' } else { c }));
        if antes > 0 && limpio.len() > antes {
            limpio.insert(antes, ' ');
        }
    }
    Cow::Owned(limpio)
}

/// Characters that XML 1.0 cannot carry although they are no control characters, and the byte order
/// mark.
fn is_no_xml(c: char) -> bool {
    matches!(c, '\u{FFFE}' | '\u{FFFF}' | '\u{FEFF}' | '\u{200B}')
}

/// Optional attribute: cleaned, and absent when nothing is left (an empty attribute is invalid).
pub fn opcional(texto: &str) -> Option<Texto> {
    let limpio = sanear(texto);
    (!limpio.is_empty()).then_some(limpio)
}

/// True if the text has the form of a UUID: 36 characters, hexadecimal in groups of 8-4-4-4-12.
pub fn is_uuid(texto: &str) -> bool {
    texto.len() == 36
        && texto.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// True if the text is `AAAA-MM-DDThh:mm:ss` of an existing moment, without zone or fraction.
pub fn is_fecha_hora(texto: &str) -> bool {
    texto.len() == 19
        && texto.is_ascii()
        && texto.as_bytes()[10] == b'T'
        && texto.parse::<jiff::civil::DateTime>().is_ok()
}

/// Lower-case hexadecimal text.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITOS: &[u8; 16] = b"0123456789abcdef";
    let mut texto = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        texto.push(char::from(DIGITOS[usize::from(byte >> 4)]));
        texto.push(char::from(DIGITOS[usize::from(byte & 15)]));
    }
    texto
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cadena_collapses_xml_spaces_and_keeps_the_others() {
        let casos = [
            ("A\tB", "A B"),
            ("A\n  B", "A B"),
            ("A\n\nB", "A B"),
            ("A\rB", "A B"),
            (" A\u{a0}\u{a0}B ", "A\u{a0}\u{a0}B"),
            ("   ", ""),
            ("", ""),
            ("😀 x", "😀 x"),
        ];
        for (texto, esperado) in casos {
            let mut salida = Vec::new();
            push_normalizado(&mut salida, texto);
            assert_eq!(String::from_utf8(salida).unwrap(), esperado, "{texto:?}");
        }
    }

    #[test]
    fn dirty_texts_become_legal_attributes() {
        assert_eq!(sanear("  Plan\u{a0}\u{2009}100\t|Mbps\u{7}\n"), "Plan 100 /Mbps");
        assert_eq!(sanear("Ñandú & Cía"), "Ñandú & Cía");
        assert_eq!(opcional(" \u{a0} "), None);
        assert_eq!(sanear("a \u{7} b"), "a b");
    }

    #[test]
    fn uuids_and_dates_have_one_form() {
        assert!(is_uuid("5A9C1B2E-0000-4000-8000-00000000000a"));
        assert!(!is_uuid("5A9C1B2E00004000800000000000000a"));
        assert!(is_fecha_hora("2026-11-20T10:00:00"));
        for malo in ["2026-02-30T10:00:00", "2026-11-20 10:00:00", "2026-11-20T10:00:00Z", "x"] {
            assert!(!is_fecha_hora(malo), "{malo}");
        }
    }
}
