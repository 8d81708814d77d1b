//! From the bytes of a document to its text.
//!
//! It does not guess: an encoding is UTF-8, UTF-16 when its mark says so, or ISO-8859-1 and
//! windows-1252 when the declaration does.

use crate::chars::is_space;
use crate::tree::XmlError;

/// Text of the document without byte order mark and with line ends as XML 1.0, 2.11, wants.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, XmlError> {
    if let Some(text) = utf16(bytes) {
        return text.map(|text| line_ends(&text));
    }
    let marked = bytes.strip_prefix(b"\xEF\xBB\xBF");
    let bytes = marked.unwrap_or(bytes);
    let text = match declared_encoding(bytes)?.as_deref() {
        None | Some("utf-8" | "us-ascii" | "utf8") => std::str::from_utf8(bytes)
            .map_err(|_| XmlError::Encoding("utf-8".to_owned()))?
            .to_owned(),
        Some("iso-8859-1" | "latin1") if marked.is_none() => {
            bytes.iter().map(|&b| char::from(b)).collect()
        }
        Some(name @ ("windows-1252" | "cp1252")) if marked.is_none() => {
            let text: Option<String> = bytes.iter().map(|&b| windows_1252(b)).collect();
            text.ok_or_else(|| XmlError::Encoding(name.to_owned()))?
        }
        Some(other) => return Err(XmlError::Encoding(other.to_owned())),
    };
    Ok(line_ends(&text))
}

fn line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

// XML 1.0, 4.3.3: every processor reads UTF-16, told by its mark.
fn utf16(bytes: &[u8]) -> Option<Result<String, XmlError>> {
    let (rest, little) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (rest, true),
        [0xFE, 0xFF, rest @ ..] => (rest, false),
        _ => return None,
    };
    let units = rest.chunks_exact(2).map(|pair| {
        let unit = u16::from_be_bytes([pair[0], pair[1]]);
        if little { unit.swap_bytes() } else { unit }
    });
    let text: Result<String, _> = char::decode_utf16(units).collect();
    let whole = rest.len().is_multiple_of(2);
    let text = text.ok().filter(|_| whole);
    Some(text.ok_or_else(|| XmlError::Encoding("utf-16".to_owned())))
}

/// Characters of windows-1252 from 0x80 to 0x9F; the five holes are none.
const ALTOS: [u16; 32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
    0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
];

fn windows_1252(byte: u8) -> Option<char> {
    match byte {
        0x80..=0x9F => match ALTOS[usize::from(byte - 0x80)] {
            0 => None,
            unit => char::from_u32(u32::from(unit)),
        },
        other => Some(char::from(other)),
    }
}

// Looks only at the declaration; whether it is well formed is checked later, on the decoded text.
fn declared_encoding(bytes: &[u8]) -> Result<Option<String>, XmlError> {
    // `<?xmlalgo ...?>` is an instruction, whatever it says of encodings.
    let declaration =
        bytes.strip_prefix(b"<?xml").filter(|rest| rest.first().is_some_and(|&b| is_space(b)));
    let Some(bytes) = declaration else { return Ok(None) };
    let end = bytes.iter().position(|&b| b == b'>').unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end.min(256)]);
    let Some((_, after)) = head.split_once("encoding") else { return Ok(None) };
    let mut parts = after.split(['"', '\'']);
    Ok(parts.nth(1).map(str::to_ascii_lowercase))
}
