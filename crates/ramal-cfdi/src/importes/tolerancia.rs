//! Limits inside which the PAC accepts an Importe, from the decimals that its factors are written
//! with. It judges documents already written; amounts computed by [`super::importes_linea`] always
//! fall inside.

use crate::valor::{Valor, potencia};

/// Closed interval of accepted amounts, in units of 10^-`decimales`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limites {
    /// Lower end, truncated.
    pub inferior: i128,
    /// Upper end, rounded up.
    pub superior: i128,
    /// Decimals of both ends.
    pub decimales: u8,
}

impl Limites {
    /// True if `importe`, compared exactly, lies in the interval.
    pub fn contains(self, importe: Valor) -> bool {
        let fino = self.decimales.max(importe.decimales());
        let escala = potencia(fino - self.decimales);
        let valor = importe.escalado(fino);
        (self.inferior * escala..=self.superior * escala).contains(&valor)
    }
}

/// Scale of the exact products: two factors with up to 6 decimals, halves of a digit, less 10⁻¹²
/// (Anexo 20).
const FINO: u8 = 13;

/// Limits of the Importe of a line (CFDI40167): quantity by unit value, at `decimales` of the
/// currency.
pub fn limites_importe(cantidad: Valor, valor_unitario: Valor, decimales: u8) -> Limites {
    let (a, b) = (Franja::new(cantidad), Franja::new(valor_unitario));
    let inferior = a.abajo.checked_mul(b.abajo);
    let superior = a.arriba.checked_mul(b.arriba);
    a_limites(inferior, superior, FINO * 2, decimales)
}

/// Limits of the Importe of a tax (CFDI40180, 40186, CRP20254): base by rate, at `decimales`.
pub fn limites_impuesto(base: Valor, tasa: Valor, decimales: u8) -> Limites {
    let franja = Franja::new(base);
    let tasa = tasa.escalado(6);
    a_limites(franja.abajo.checked_mul(tasa), franja.arriba.checked_mul(tasa), FINO + 6, decimales)
}

/// A written number, half a unit of its last digit to each side, in units of 10^-13.
struct Franja {
    abajo: i128,
    arriba: i128,
}

impl Franja {
    fn new(valor: Valor) -> Franja {
        let centro = valor.escalado(FINO);
        let medio = potencia(FINO.saturating_sub(valor.decimales())) / 2;
        let epsilon = potencia(FINO - 12);
        Franja { abajo: (centro - medio).max(0), arriba: centro + medio - epsilon }
    }
}

/// Truncates below and rounds up above. A product beyond i128 gives an empty interval, which
/// refuses the amount.
fn a_limites(inferior: Option<i128>, superior: Option<i128>, escala: u8, decimales: u8) -> Limites {
    let (Some(inferior), Some(superior)) = (inferior, superior) else {
        return Limites { inferior: 1, superior: 0, decimales };
    };
    let paso = potencia(escala.saturating_sub(decimales));
    let arriba = superior.div_euclid(paso) + i128::from(superior.rem_euclid(paso) != 0);
    Limites { inferior: inferior.div_euclid(paso), superior: arriba, decimales }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valor(texto: &str) -> Valor {
        Valor::parse(texto).unwrap()
    }

    #[test]
    fn limits_agree_with_the_published_examples() {
        let l = limites_importe(valor("14.16"), valor("13.66"), 2);
        assert_eq!((l.inferior, l.superior), (19328, 19357));
        for (base, tasa, abajo, arriba) in [
            ("430.17", "0.160000", 6882, 6883),
            ("103.00", "0.160000", 1647, 1649),
            ("0.03", "0.16", 0, 1),
        ] {
            let l = limites_impuesto(valor(base), valor(tasa), 2);
            assert_eq!((l.inferior, l.superior), (abajo, arriba), "{base}");
        }
    }

    #[test]
    fn an_importe_with_more_decimals_is_compared_exactly() {
        let l = limites_importe(valor("1"), valor("430.172414"), 2);
        assert!(l.contains(valor("430.172414")));
        assert!(!l.contains(valor("999.00")));
        let enorme = valor("99999999999999999");
        assert!(!limites_importe(enorme, enorme, 2).contains(Valor::UNO));
    }
}
