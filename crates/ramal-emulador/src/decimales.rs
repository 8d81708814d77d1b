//! Exact decimals as the norms write them. It deliberately rounds nowhere but where its caller
//! names it.

use rust_decimal::{Decimal, RoundingStrategy};

/// Reads `digits[.digits]`, at most `max_dec` decimals; no sign, no exponent.
///
/// At most 12 integer digits, fewer than the schema: so no product of two amounts overflows.
pub fn parse(texto: &str, max_dec: usize) -> Option<Decimal> {
    let (entero, fraccion) = texto.split_once('.').unwrap_or((texto, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(entero) || entero.len() > 12 || !digits(fraccion) {
        return None;
    }
    if texto.contains('.') && fraccion.len() > max_dec {
        return None;
    }
    texto.parse().ok()
}

/// Reads a decimal that may carry a minus sign.
pub fn parse_signed(texto: &str, max_dec: usize) -> Option<Decimal> {
    match texto.strip_prefix('-') {
        Some(resto) => parse(resto, max_dec).map(|d| -d),
        None => parse(texto, max_dec),
    }
}

/// Decimals written in a number, counting zeros at the end.
pub fn written(texto: &str) -> u32 {
    let fraccion = texto.split_once('.').map_or(0, |(_, f)| f.len());
    u32::try_from(fraccion).unwrap_or(u32::MAX)
}

/// Half away from zero to `dec` decimals.
pub fn round(valor: Decimal, dec: u32) -> Decimal {
    valor.round_dp_with_strategy(dec, RoundingStrategy::MidpointAwayFromZero)
}

/// Truncated to `dec` decimals.
pub fn floor(valor: Decimal, dec: u32) -> Decimal {
    valor.round_dp_with_strategy(dec, RoundingStrategy::ToZero)
}

/// Away from zero to `dec` decimals.
pub fn ceil(valor: Decimal, dec: u32) -> Decimal {
    valor.round_dp_with_strategy(dec, RoundingStrategy::AwayFromZero)
}

/// Half a unit of the last decimal of a number written with `dec` decimals.
pub fn half_unit(dec: u32) -> Decimal {
    Decimal::new(5, dec.min(20) + 1)
}

/// Whether two amounts differ by no more than `tolerancia`.
pub fn near(a: Decimal, b: Decimal, tolerancia: Decimal) -> bool {
    (a - b).abs() <= tolerancia
}
