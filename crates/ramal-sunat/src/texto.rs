//! Text hygiene and number formats of §4. It never escapes: the XML writer does that.

use std::borrow::Cow;

use ramal_base::dinero::rh;
use rust_decimal::Decimal;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Text as SUNAT takes it: NFC, every white space or control character turned into one space, runs
/// collapsed, ends trimmed, characters that XML 1.0 forbids dropped.
pub fn limpiar(texto: &str) -> Cow<'_, str> {
    if is_limpio(texto) {
        return Cow::Borrowed(texto);
    }
    let mut salida = String::with_capacity(texto.len());
    let mut espacio = false;
    for c in texto.nfc() {
        if c.is_whitespace() || c.is_control() {
            espacio = !salida.is_empty();
        } else if !matches!(c, '\u{FFFE}' | '\u{FFFF}') {
            if espacio {
                salida.push(' ');
                espacio = false;
            }
            salida.push(c);
        }
    }
    Cow::Owned(salida)
}

/// Whether `limpiar` would give the same text; ASCII is decided without tables.
fn is_limpio(texto: &str) -> bool {
    let mut anterior = b' ';
    let mut ascii = true;
    for b in texto.bytes() {
        if b < 0x20 || b == 0x7f || (b == b' ' && anterior == b' ') {
            return false;
        }
        ascii &= b < 0x80;
        anterior = b;
    }
    if anterior == b' ' && !texto.is_empty() {
        return false;
    }
    let raro = |c: char| c != ' ' && (c.is_whitespace() || c.is_control() || c >= '\u{FFFE}');
    ascii || (is_nfc(texto) && !texto.chars().any(|c| raro(c) && !is_astral_valido(c)))
}

/// Characters above U+FFFF are all legal in XML 1.0.
fn is_astral_valido(c: char) -> bool {
    c > '\u{FFFF}'
}

/// Quantity or unit price: up to ten decimals, trailing zeros trimmed, no exponent.
pub fn decimal(valor: Decimal) -> String {
    rh(valor, 10).normalize().to_string()
}

/// Percent: always two decimals unless it has more, at most five.
pub fn porcentaje(valor: Decimal) -> String {
    let redondo = rh(valor, 5).normalize();
    if redondo.scale() <= 2 { format!("{redondo:.2}") } else { redondo.to_string() }
}

/// Factor of a discount: up to five decimals, trailing zeros trimmed.
pub fn factor(valor: Decimal) -> String {
    rh(valor, 5).normalize().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_becomes_one_clean_line() {
        assert_eq!(limpiar("  a\u{0}b\r\n\tc  d\u{a0}e\u{2028} "), "a b c d e");
        assert_eq!(limpiar("n\u{303}andu\u{301}"), "ñandú");
        assert_eq!(limpiar("x\u{FFFE}y\u{FFFF}"), "xy");
        assert_eq!(limpiar("\n\n"), "");
        assert!(matches!(limpiar("Ñandú 🦙 \"it's\" <x>"), Cow::Borrowed(_)));
        assert!(matches!(limpiar(""), Cow::Borrowed("")));
        assert_eq!(limpiar("fin "), "fin");
    }

    #[test]
    fn numbers_have_no_exponent_nor_padding() {
        let d = |t: &str| t.parse::<Decimal>().unwrap();
        assert_eq!(decimal(d("100.0000")), "100");
        assert_eq!(decimal(d("84.745762711864")), "84.7457627119");
        assert_eq!(porcentaje(d("18")), "18.00");
        assert_eq!(porcentaje(d("10.5")), "10.50");
        assert_eq!(factor(d("0.10")), "0.1");
        assert_eq!(decimal(Decimal::ZERO), "0");
    }
}
