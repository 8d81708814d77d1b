//! Sums and products over figures that come from outside: they saturate instead of overflowing, so
//! that a hostile document cannot stop the reader. It rounds nothing.

use rust_decimal::Decimal;

/// Beyond any amount of a document; what saturates agrees with nothing.
const TOPE: Decimal = Decimal::from_parts(1_661_992_960, 1_808_227_885, 5, false, 0);

/// Sum, within ±10^20.
pub(crate) fn suma(valores: impl Iterator<Item = Decimal>) -> Decimal {
    valores.fold(Decimal::ZERO, |a, b| (a + b).clamp(-TOPE, TOPE))
}

/// Product, within ±10^20.
pub(crate) fn por(a: Decimal, b: Decimal) -> Decimal {
    let negativo = a.is_sign_negative() != b.is_sign_negative();
    let lejos = if negativo { -TOPE } else { TOPE };
    a.checked_mul(b).unwrap_or(lejos).clamp(-TOPE, TOPE)
}

/// Plain decimal: up to fifteen digits before the point, maybe a minus sign. Of the decimals, the
/// first twelve count: some programs write what their floats give.
pub(crate) fn numero(texto: &str) -> Option<Decimal> {
    let cuerpo = texto.strip_prefix('-').unwrap_or(texto);
    let (entero, decimales) = cuerpo.split_once('.').unwrap_or((cuerpo, "0"));
    let digitos = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let bien = digitos(entero) && digitos(decimales) && entero.len() <= 15;
    if !bien {
        return None;
    }
    let sobran = decimales.len().saturating_sub(12);
    texto[..texto.len() - sobran].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_figures_saturate_without_panic() {
        assert_eq!(TOPE.to_string(), "100000000000000000000");
        let enorme = numero("999999999999999.9999999999").unwrap();
        let muchos = suma(std::iter::repeat_n(enorme, 400_000));
        assert_eq!(muchos, TOPE);
        assert_eq!(por(muchos, -enorme), -TOPE);
        let peor = por(muchos, enorme) + muchos + muchos - por(muchos, -enorme);
        assert!(peor > TOPE);
        for malo in ["", "-", ".5", "1.", "1e9", "+1", "1,0", "9999999999999999", "١"] {
            assert_eq!(numero(malo), None, "{malo}");
        }
        assert_eq!(numero("-0.50"), Some(Decimal::new(-50, 2)));
        assert_eq!(numero("84.745762711864406"), Some(Decimal::new(84_745_762_711_864, 12)));
    }
}
