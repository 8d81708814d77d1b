//! Text for searching customers: lower case, without accents or double spaces, everything that
//! people remember of one in a single line. Not for showing; it asks no database.

use crate::Cliente;

/// Longest line that is kept, in bytes: an index entry of the server holds no more than 2,700 with
/// the name beside it.
const LARGO: usize = 1000;
/// Words of a question that are looked at.
const PALABRAS: usize = 6;

/// `  Peñalosa  ÁVILA ` becomes `penalosa avila`.
pub fn normalize(texto: &str) -> String {
    let plano: String = texto.chars().flat_map(char::to_lowercase).map(without_accent).collect();
    plano.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_accent(c: char) -> char {
    match c {
        'á' | 'à' | 'ä' | 'â' | 'ã' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'í' | 'ì' | 'ï' | 'î' => 'i',
        'ó' | 'ò' | 'ö' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        otro => otro,
    }
}

/// The line in which a customer is searched: code, document, telephone, e-mail and names.
///
/// Shape: begins and ends with a space, so that ` c-12 ` is the code C-12 and no other; the names
/// come last, because what is too long loses its end.
pub fn line(c: &Cliente) -> String {
    let partes = [
        c.codigo(),
        c.numero_documento.clone(),
        c.telefono.clone().unwrap_or_default(),
        c.email.clone().unwrap_or_default(),
        c.razon_social.clone(),
        c.nombre_comercial.clone().unwrap_or_default(),
    ];
    let mut texto = format!(" {} ", normalize(&partes.join(" ")));
    let corte = (0..=LARGO.min(texto.len())).rev().find(|i| texto.is_char_boundary(*i));
    texto.truncate(corte.unwrap_or(0));
    texto
}

/// What each word of a question looks for in the line; every one must be there.
///
/// A printed code is looked for whole; a number loses the signs with which people write it.
pub fn words(pregunta: &str) -> Vec<String> {
    normalize(pregunta).split(' ').filter(|p| !p.is_empty()).take(PALABRAS).map(word).collect()
}

fn word(palabra: &str) -> String {
    let digitos = palabra.strip_prefix("c-").unwrap_or("");
    if !digitos.is_empty() && digitos.bytes().all(|b| b.is_ascii_digit()) {
        return format!(" {palabra} ");
    }
    let signo = |c: char| matches!(c, '-' | '.' | '(' | ')' | '+' | '/');
    let numero = palabra.chars().all(|c| c.is_ascii_digit() || signo(c));
    let solo: String = palabra.chars().filter(char::is_ascii_digit).collect();
    if numero && !solo.is_empty() { solo } else { palabra.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_without_its_accents() {
        assert_eq!(normalize("  Peñalosa  ÁVILA "), "penalosa avila");
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        assert_eq!(words("20-12345678-9"), ["20123456789"]);
        assert_eq!(words("(987) 654.321"), ["987", "654321"]);
        assert_eq!(words("C-12 José"), [" c-12 ", "jose"]);
        assert_eq!(words("c-x 100% _ ---"), ["c-x", "100%", "_", "---"]);
        assert!(words("   ").is_empty());
    }
}
