//! How fees are taxed: data per country with dates and sources (L5, 5.13). The accountant's setting
//! `impuesto_recargo` wins over it.

use ramal_base::{Fecha, Pais};
use ramal_fiscal::Impuesto;

use super::ClaseRecargo;

/// A rule: country, kinds, first day, treatment, source.
struct Regla {
    pais: Pais,
    clases: &'static [ClaseRecargo],
    desde: &'static str,
    impuesto: Impuesto,
}

use ClaseRecargo::{Interes, Recargo, Reconexion};

/// Newest first. Mexico: LIVA 18, what is charged besides the price (interest, penalties) is part
/// of the value of the service. Peru: sunat.md 10, vector H (a debit note for lateness carries
/// IGV). To be confirmed by an accountant of each country.
const REGLAS: [Regla; 2] = [
    Regla {
        pais: Pais::Mx,
        clases: &[Recargo, Reconexion, Interes],
        desde: "1980-01-01",
        impuesto: Impuesto::General,
    },
    Regla {
        pais: Pais::Pe,
        clases: &[Recargo, Reconexion, Interes],
        desde: "1999-04-16",
        impuesto: Impuesto::General,
    },
];

/// Treatment of a fee charged in a country on a day.
pub fn impuesto(pais: Pais, clase: ClaseRecargo, fecha: Fecha) -> Impuesto {
    let vale = |r: &&Regla| {
        let desde = Fecha::parse(r.desde);
        r.pais == pais && r.clases.contains(&clase) && desde.is_ok_and(|d| d <= fecha)
    };
    REGLAS.iter().find(vale).map_or(Impuesto::General, |r| r.impuesto)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_day_that_can_be_read() {
        assert!(REGLAS.iter().all(|r| Fecha::parse(r.desde).is_ok()));
        let dia = Fecha::parse("2026-11-20").unwrap();
        assert_eq!(impuesto(Pais::Mx, Recargo, dia), Impuesto::General);
    }
}
