//! Internet sold together with taxed telecommunications: how much of it stays exempt of IEPS. It
//! does not decide whether the company itemises IEPS at all; that is its setting.

use super::ImporteError;

/// Internet of a bundle, split into what is exempt of IEPS and what is not. Unit: centavos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InternetEnPaquete {
    /// Goes in a line without IEPS.
    pub exento: i64,
    /// Goes in a second line with IEPS; zero in most bundles.
    pub gravado: i64,
}

/// Splits `internet` when it is billed together with `telecom` (telephony, pay TV), both in
/// centavos of the same kind (both with taxes, or both without).
///
/// The exempt part is at most 30 % of the whole, rounded down so that it never passes the cap;
/// without taxed telecommunications all of it is exempt. Errors: `Negativo`, `Desborde`.
/// Source: LIEPS 8-IV, rule `cap30`; the rule `none` simply does not call this.
pub fn internet_en_paquete(internet: i64, telecom: i64) -> Result<InternetEnPaquete, ImporteError> {
    if internet < 0 || telecom < 0 {
        return Err(ImporteError::Negativo);
    }
    if telecom == 0 {
        return Ok(InternetEnPaquete { exento: internet, gravado: 0 });
    }
    let tope = (i128::from(internet) + i128::from(telecom)) * 30 / 100;
    let exento = i64::try_from(tope.min(internet.into())).map_err(|_| ImporteError::Desborde)?;
    Ok(InternetEnPaquete { exento, gravado: internet - exento })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exempt_part_never_passes_thirty_per_cent_of_the_bundle() {
        for (internet, telecom, exento, gravado) in [
            (35_000, 24_900, 17_970, 17_030),
            (10_000, 90_000, 10_000, 0),
            (49_900, 0, 49_900, 0),
            (0, 19_900, 0, 0),
            (10_001, 10, 3_003, 6_998),
        ] {
            let parte = internet_en_paquete(internet, telecom).unwrap();
            assert_eq!(parte, InternetEnPaquete { exento, gravado }, "{internet} + {telecom}");
        }
        assert_eq!(internet_en_paquete(-1, 5), Err(ImporteError::Negativo));
    }
}
