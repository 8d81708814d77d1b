//! Instalments, late fees and interest: amounts that are never prorated (facturacion.md P5, K3, L1,
//! L4). It does not know when they are triggered nor whether they were already charged.

use ramal_base::dinero::rh_div;
use ramal_base::{Dinero, Fecha};
use ramal_contratos::{Ancla, Centavos};
use serde::{Deserialize, Serialize};

/// One instalment of a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cuota {
    /// 1 to n.
    pub numero: u32,
    /// Start of the period with which it is billed.
    pub fecha: Fecha,
    /// Amount.
    pub monto: Dinero,
}

/// Schedule of a purchase: principal over `n` with the remainder cent by cent to the first ones
/// (K3), one per period of `ancla`, the first on the next boundary on or after `desde`.
pub fn plan_de_cuotas(principal: Dinero, n: u32, ancla: Ancla, desde: Fecha) -> Vec<Cuota> {
    let primera = ancla.indice_en(ancla.primer_limite_desde(desde));
    let cuota = |(numero, (k, monto)): (u32, (i32, Dinero))| Cuota {
        numero,
        fecha: ancla.limite(k),
        monto,
    };
    (1..).zip((primera..).zip(principal.split(n))).map(cuota).collect()
}

/// Simple daily interest: `rh(abierto × tasa × dias / 365)` (L4). Never on interest.
///
/// `tasa_puntos_base`: yearly rate in hundredths of a percent, 1200 = 12 %.
pub fn interes(abierto: Centavos, tasa_puntos_base: u32, dias: u32) -> Centavos {
    let producto = i128::from(abierto) * i128::from(tasa_puntos_base) * i128::from(dias);
    rh_div(producto, 10_000 * 365)
}

/// How a late fee is measured (L1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaseRecargo {
    /// A fixed amount.
    Fijo(Centavos),
    /// Hundredths of a percent of the open amount.
    PuntosBase(u32),
    /// The greater of both.
    Mayor {
        /// Fixed amount.
        fijo: Centavos,
        /// Hundredths of a percent.
        puntos_base: u32,
    },
}

/// Late fee of a stage (L1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recargo {
    /// Measure.
    pub base: BaseRecargo,
    /// Open amounts below it pay no fee.
    pub minimo: Centavos,
    /// Largest fee; none = no cap.
    pub tope: Option<Centavos>,
}

impl Recargo {
    /// Fee on the open amount of one invoice, earlier fees excluded from it.
    pub fn monto(&self, abierto: Centavos) -> Centavos {
        if abierto <= 0 || abierto < self.minimo {
            return 0;
        }
        let parte = |puntos: u32| rh_div(i128::from(abierto) * i128::from(puntos), 10_000);
        let monto = match self.base {
            BaseRecargo::Fijo(fijo) => fijo,
            BaseRecargo::PuntosBase(puntos) => parte(puntos),
            BaseRecargo::Mayor { fijo, puntos_base } => fijo.max(parte(puntos_base)),
        };
        self.tope.map_or(monto, |tope| monto.min(tope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ramal_base::Moneda;

    fn f(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    fn montos(principal: Centavos, n: u32) -> Vec<Centavos> {
        let ancla = Ancla::new(f("2026-01-31"), 1).unwrap();
        let plan = plan_de_cuotas(Dinero::new(principal, Moneda::Pen), n, ancla, f("2026-11-20"));
        plan.iter().map(|c| c.monto.centavos).collect()
    }

    #[test]
    fn instalments_give_the_remainder_to_the_first_ones() {
        assert_eq!(montos(29990, 3), [9997, 9997, 9996]);
        assert_eq!(montos(100_000, 3), [33334, 33333, 33333]);
        assert_eq!(montos(59900, 12), [[4992; 8].as_slice(), &[4991; 4]].concat());
    }

    #[test]
    fn instalments_fall_on_the_boundaries_of_the_service() {
        let ancla = Ancla::new(f("2026-01-31"), 1).unwrap();
        let monto = Dinero::new(300, Moneda::Mxn);
        let fechas = |desde: &str| -> Vec<String> {
            let plan = plan_de_cuotas(monto, 3, ancla, f(desde));
            plan.iter().map(|c| c.fecha.to_string()).collect()
        };
        assert_eq!(fechas("2026-12-10"), ["2026-12-31", "2027-01-31", "2027-02-28"]);
        assert_eq!(fechas("2026-12-31")[0], "2026-12-31");
        assert!(plan_de_cuotas(monto, 0, ancla, f("2026-12-10")).is_empty());
    }

    #[test]
    fn interest_is_simple_and_daily() {
        assert_eq!(interes(39900, 1200, 10), 131);
        assert_eq!(interes(39900, 0, 10), 0);
        assert_eq!(interes(39900, 1200, 0), 0);
    }

    #[test]
    fn a_late_fee_respects_its_minimum_base_and_its_cap() {
        let recargo = |base, tope| Recargo { base, minimo: 1000, tope };
        let cinco = BaseRecargo::PuntosBase(500);
        assert_eq!(recargo(cinco, None).monto(39900), 1995);
        assert_eq!(recargo(cinco, Some(1500)).monto(39900), 1500);
        assert_eq!(recargo(cinco, None).monto(999), 0);
        assert_eq!(recargo(BaseRecargo::Fijo(300), None).monto(1000), 300);
        let mayor = BaseRecargo::Mayor { fijo: 300, puntos_base: 500 };
        assert_eq!(
            (recargo(mayor, None).monto(1000), recargo(mayor, None).monto(39900)),
            (300, 1995)
        );
    }
}
