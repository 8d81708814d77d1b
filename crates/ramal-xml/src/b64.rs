//! Base64 as the authorities write it: standard alphabet, padded, on one line.
//!
//! It does not wrap lines. Reading skips white space, because signed documents of others wrap.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Why a text is not base64.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid base64: {0}")]
pub struct B64Error(#[from] base64::DecodeError);

/// Standard padded base64, one line.
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Bytes of a standard padded base64 text; ASCII white space anywhere is skipped.
///
/// Errors: [`B64Error`] on any other character, bad padding or stray bits.
pub fn decode(text: &str) -> Result<Vec<u8>, B64Error> {
    let compact: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    Ok(STANDARD.decode(compact)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_base64_reads_and_rubbish_does_not() {
        assert_eq!(decode(" aG9\r\nsYQ==\n"), Ok(b"hola".to_vec()));
        assert_eq!(encode(b"hola"), "aG9sYQ==");
        assert!(decode("aG9sYQ").is_err());
        assert!(decode("aG9s*Q==").is_err());
    }
}
