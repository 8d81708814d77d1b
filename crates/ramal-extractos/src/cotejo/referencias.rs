//! What a text says of us: invoice numbers, customers' numbers, our references. It looks nothing
//! up: a mention may name what does not exist.

use crate::cuentas::reference_number;
use crate::texto::{flat, operation, words};

/// Something of ours that a text names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mencion {
    /// `F001-12`: serie and folio.
    Factura(String, i64),
    /// `C-201`.
    Codigo(i64),
    /// A reference with its control digit.
    Referencia(i64),
}

/// Everything of ours that the texts name, once each, in order.
pub fn mentions(textos: &[&str]) -> Vec<Mencion> {
    let mut halladas = Vec::new();
    for texto in textos {
        let palabras = words(texto);
        for (i, palabra) in palabras.iter().enumerate() {
            let siguiente = palabras.get(i + 1).map_or("", String::as_str);
            for mencion in of_word(palabra, siguiente) {
                if !halladas.contains(&mencion) {
                    halladas.push(mencion);
                }
            }
        }
    }
    halladas
}

fn of_word(palabra: &str, siguiente: &str) -> Vec<Mencion> {
    if let Some(numero) = reference_number(palabra) {
        return vec![Mencion::Referencia(numero)];
    }
    let mut lista = Vec::new();
    if palabra == "C" {
        // `C 12` may be an address; `C-201` with three digits or more is not taken for one.
        lista.extend(digits(siguiente, 3..=12).map(Mencion::Codigo));
        return lista;
    }
    if let Some(numero) = palabra.strip_prefix('C').and_then(|r| digits(r, 3..=12)) {
        lista.push(Mencion::Codigo(numero));
    }
    if is_serie(palabra) {
        let folio = digits(siguiente, 1..=10);
        lista.extend(folio.map(|f| Mencion::Factura(palabra.to_owned(), f)));
    }
    lista.extend(joined(palabra));
    lista
}

/// A serie as both countries write it: letters, or a letter with three more.
fn is_serie(palabra: &str) -> bool {
    let largo = (1..=6).contains(&palabra.len());
    let inicio = palabra.starts_with(|c: char| c.is_ascii_uppercase());
    largo && inicio && palabra.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// `F00100000012` (serie of four and folio of eight) or `F12345` (letters and folio).
fn joined(palabra: &str) -> Option<Mencion> {
    if !palabra.is_ascii() {
        return None;
    }
    if palabra.len() == 12 && is_serie(&palabra[..4]) {
        let folio = digits(&palabra[4..], 8..=8)?;
        return Some(Mencion::Factura(palabra[..4].to_owned(), folio));
    }
    let corte = palabra.find(|c: char| c.is_ascii_digit())?;
    let (serie, folio) = palabra.split_at(corte);
    let folio = digits(folio, 3..=8)?;
    is_serie(serie).then(|| Mencion::Factura(serie.to_owned(), folio))
}

fn digits(texto: &str, largo: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let bien = largo.contains(&texto.len()) && texto.bytes().all(|b| b.is_ascii_digit());
    if bien { texto.parse().ok() } else { None }
}

/// Whether a text names an operation: as a whole field, or as one of its words when it is long.
pub(super) fn names_operation(campos: &[&str], texto: &str, id: &str) -> bool {
    let buscada = operation(id);
    if buscada.len() < 6 {
        return false;
    }
    let entero = campos.iter().any(|c| operation(c) == buscada);
    let palabra = || words(texto).iter().any(|p| operation(p) == buscada);
    // An id with hyphens is several words in a row.
    let seguidas = || format!(" {} ", flat(texto)).contains(&format!(" {} ", flat(id)));
    entero || buscada.len() >= 7 && (palabra() || seguidas())
}

/// Whether two numbers differ by one digit or by two neighbours swapped: a slip of the hand.
pub(super) fn is_slip(a: i64, b: i64) -> bool {
    let (a, b) = (a.to_string(), b.to_string());
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() || a == b {
        // One digit more or less is a slip too.
        return a != b && a.len().abs_diff(b.len()) == 1 && is_one_less(a, b);
    }
    let distintas: Vec<usize> = (0..a.len()).filter(|i| a[*i] != b[*i]).collect();
    match distintas.as_slice() {
        [_] => true,
        [i, j] => *j == i + 1 && a[*i] == b[*j] && a[*j] == b[*i],
        _ => false,
    }
}

fn is_one_less(a: &[u8], b: &[u8]) -> bool {
    let (larga, corta) = if a.len() > b.len() { (a, b) } else { (b, a) };
    (0..larga.len()).any(|i| larga[..i] == corta[..i] && larga[i + 1..] == corta[i..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cuentas::reference;

    #[test]
    fn our_numbers_are_found_however_they_are_typed() {
        let f = |s: &str, n| Mencion::Factura(s.to_owned(), n);
        for (texto, espera) in [
            ("PAGO F001-12", f("F001", 12)),
            ("pago f001 - 00000012 nov", f("F001", 12)),
            ("F00100000012", f("F001", 12)),
            ("FACT F-12345", f("F", 12345)),
            ("F12345", f("F", 12345)),
            ("CLIENTE C-201", Mencion::Codigo(201)),
            ("c201 internet", Mencion::Codigo(201)),
        ] {
            assert!(mentions(&[texto]).contains(&espera), "{texto}");
        }
        let r = reference(201);
        assert_eq!(mentions(&[&format!("SPEI {r}")]), [Mencion::Referencia(201)]);
        assert!(!mentions(&["MZ C 12 LT 4"]).contains(&Mencion::Codigo(12)));
    }

    #[test]
    fn a_slip_of_the_hand() {
        for (a, b) in [(12_345, 12_354), (12_345, 12_346), (12_345, 1_245), (8_841, 8_814)] {
            assert!(is_slip(a, b), "{a} {b}");
        }
        for (a, b) in [(12_345, 12_345), (12_345, 12_454), (12, 98), (1, 123)] {
            assert!(!is_slip(a, b), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(texto in ".{0,60}", id in ".{0,20}") {
            let _ = mentions(&[&texto]);
            let _ = names_operation(&[&texto], &texto, &id);
        }
    }
}
