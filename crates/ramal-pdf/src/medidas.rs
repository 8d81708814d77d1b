//! Lengths: thousandths of a point, as integers. It does not know what a page looks like.

/// A length in thousandths of a PDF point (1/72,000 inch).
pub(crate) type Medida = i32;

/// Points to [`Medida`].
pub(crate) const fn pt(puntos: i32) -> Medida {
    puntos * 1000
}

/// Tenths of a point to [`Medida`], for type sizes.
pub(crate) const fn dpt(decimas: i32) -> Medida {
    decimas * 100
}

/// Tenths of a millimetre to [`Medida`], rounded up so that a legal minimum is kept.
pub(crate) const fn mm10(decimas: i32) -> Medida {
    (decimas * 283_465 + 999) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_legal_minimum_never_shrinks_when_converted() {
        assert!(i64::from(mm10(275)) * 254 >= 275 * 7200 * 10 - 10);
        assert_eq!(mm10(2100), 595_277);
    }
}
