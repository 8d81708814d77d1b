//! Bytes to text by a declared encoding, and text to the flat form in which two writings of one
//! thing are equal. It guesses an encoding only between UTF-8 and the one that was declared.

use encoding_rs::Encoding;

use crate::error::{Motivo, Rechazo};
use crate::linea::MAX_BYTES;

/// Decodes a file. A byte order mark of UTF-8 wins over what was declared.
///
/// Errors: `Grande`; `Codificacion` if a byte has no meaning, or if control characters show that
/// the encoding is another.
pub fn decode(bytes: &[u8], codificacion: &str) -> Result<String, Rechazo> {
    if bytes.len() > MAX_BYTES {
        return Err(Rechazo::whole(Motivo::Grande));
    }
    let mala = || Rechazo::whole(Motivo::Codificacion(codificacion.to_owned()));
    if let Some(resto) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return String::from_utf8(resto.to_vec()).map_err(|_| mala());
    }
    let encoding = Encoding::for_label(codificacion.as_bytes()).ok_or_else(mala)?;
    // Another byte order mark than UTF-8's means another encoding than the declared one.
    let (texto, con_errores) = encoding.decode_without_bom_handling(bytes);
    let raro = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{1a}');
    if con_errores || texto.chars().any(raro) {
        return Err(mala());
    }
    Ok(texto.trim_end_matches('\u{1a}').to_owned())
}

/// UTF-8 if it is, else Windows-1252: for formats whose headers lie about it (MT940, OFX 1).
pub fn decode_loose(bytes: &[u8]) -> Result<String, Rechazo> {
    decode(bytes, "utf-8").or_else(|r| match r.motivo {
        Motivo::Grande => Err(r),
        _ => decode(bytes, "windows-1252"),
    })
}

/// Upper case without accents, punctuation as single spaces.
pub fn flat(texto: &str) -> String {
    let mut plano = String::with_capacity(texto.len());
    for c in texto.chars().map(fold).flat_map(char::to_uppercase) {
        if c.is_alphanumeric() {
            plano.push(c);
        } else if !plano.is_empty() && !plano.ends_with(' ') {
            plano.push(' ');
        }
    }
    plano.truncate(plano.trim_end().len());
    plano
}

/// Words of a text, flat.
pub fn words(texto: &str) -> Vec<String> {
    flat(texto).split(' ').filter(|p| !p.is_empty()).map(ToOwned::to_owned).collect()
}

/// An operation number as two people would agree on it: letters and digits, upper case, without
/// zeros in front.
pub fn operation(texto: &str) -> String {
    let junto: String = flat(texto).chars().filter(|c| *c != ' ').collect();
    junto.trim_start_matches('0').to_owned()
}

fn fold(c: char) -> char {
    match c {
        'á' | 'à' | 'ä' | 'â' | 'ã' | 'Á' | 'À' | 'Ä' | 'Â' | 'Ã' => 'a',
        'é' | 'è' | 'ë' | 'ê' | 'É' | 'È' | 'Ë' | 'Ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' | 'Í' | 'Ì' | 'Ï' | 'Î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' | 'Ó' | 'Ò' | 'Ö' | 'Ô' | 'Õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' | 'Ú' | 'Ù' | 'Ü' | 'Û' => 'u',
        'ñ' | 'Ñ' => 'n',
        'ç' | 'Ç' => 'c',
        otro => otro,
    }
}

/// At most `n` characters, never in the middle of one.
pub fn clipped(texto: &str, n: usize) -> String {
    texto.trim().chars().take(n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_writings_of_one_name_are_equal() {
        assert_eq!(flat("  Peña, José-María "), "PENA JOSE MARIA");
        assert_eq!(flat("PENA JOSE  MARIA"), flat("Peña José María"));
        assert_eq!(operation("No. 00-12 345"), "NO0012345");
        assert_eq!(operation("000123 45"), "12345");
    }

    #[test]
    fn an_encoding_that_is_not_the_declared_one_is_refused() {
        let latin = b"Concepto;Dep\xF3sito";
        assert!(decode(latin, "utf-8").is_err());
        assert_eq!(decode(latin, "windows-1252").unwrap(), "Concepto;Depósito");
        assert!(decode(b"\xFF\xFEF\x00e\x00", "windows-1252").is_err());
        assert!(decode(b"abc", "klingon-8").is_err());
        assert_eq!(decode(b"\xEF\xBB\xBFa\xC3\xB3", "windows-1252").unwrap(), "aó");
    }
}
