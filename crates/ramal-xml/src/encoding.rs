//! From the bytes of a document to its text.
//!
//! It does not guess: an encoding is UTF-8, or ISO-8859-1 when the declaration says so.

use crate::chars::is_space;
use crate::tree::XmlError;

/// Text of the document without byte order mark and with line ends as XML 1.0, 2.11, wants.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, XmlError> {
    let marked = bytes.strip_prefix(b"\xEF\xBB\xBF");
    let bytes = marked.unwrap_or(bytes);
    let text = match declared_encoding(bytes)?.as_deref() {
        None | Some("utf-8" | "us-ascii" | "utf8") => std::str::from_utf8(bytes)
            .map_err(|_| XmlError::Encoding("utf-8".to_owned()))?
            .to_owned(),
        Some("iso-8859-1" | "latin1") if marked.is_none() => {
            bytes.iter().map(|&b| char::from(b)).collect()
        }
        Some(other) => return Err(XmlError::Encoding(other.to_owned())),
    };
    if text.contains('\r') { Ok(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Ok(text) }
}

// Looks only at the declaration; whether it is well formed is checked later, on the decoded text.
fn declared_encoding(bytes: &[u8]) -> Result<Option<String>, XmlError> {
    if bytes.starts_with(b"\xFE\xFF") || bytes.starts_with(b"\xFF\xFE") {
        return Err(XmlError::Encoding("utf-16".to_owned()));
    }
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
