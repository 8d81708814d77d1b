//! What the country orders about cutting and pausing, as dated data with its source. A policy may
//! be kinder than the norm, never harsher. Facts to be confirmed by a lawyer say so in `fuente`.

use ramal_base::{Fecha, Pais};

/// What a rule fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Materia {
    /// Working days between the notice and the cut, at least.
    AvisoHabiles,
    /// Days of a voluntary pause, at least.
    PausaMinimo,
    /// Months of voluntary pause per year of service, at most.
    PausaMeses,
    /// Working days within which a pause takes effect, at most.
    PausaEfectiva,
}

/// A rule of a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Norma {
    /// Country.
    pub pais: Pais,
    /// What it fixes.
    pub materia: Materia,
    /// First day on which it holds.
    pub desde: (i16, i8, i8),
    /// First day on which it does not hold any more.
    pub hasta: Option<(i16, i8, i8)>,
    /// The amount, in the unit of `materia`.
    pub valor: u16,
    /// Where it is written.
    pub fuente: &'static str,
}

const NORMAS: &[Norma] = &[
    Norma {
        pais: Pais::Pe,
        materia: Materia::AvisoHabiles,
        desde: (2020, 1, 1),
        hasta: None,
        valor: 2,
        fuente: "OSIPTEL, Condiciones de Uso (regla de 2020); por confirmar",
    },
    Norma {
        pais: Pais::Pe,
        materia: Materia::PausaMinimo,
        desde: (2012, 1, 1),
        hasta: None,
        valor: 15,
        fuente: "OSIPTEL, Condiciones de Uso, suspensión temporal a solicitud; por confirmar",
    },
    Norma {
        pais: Pais::Pe,
        materia: Materia::PausaMeses,
        desde: (2012, 1, 1),
        hasta: None,
        valor: 2,
        fuente: "OSIPTEL, Condiciones de Uso, suspensión temporal a solicitud; por confirmar",
    },
    Norma {
        pais: Pais::Pe,
        materia: Materia::PausaEfectiva,
        desde: (2012, 1, 1),
        hasta: None,
        valor: 5,
        fuente: "OSIPTEL, Condiciones de Uso, suspensión temporal a solicitud; por confirmar",
    },
];

/// The rule of a country in force on a day, if it has one.
pub fn norma(pais: Pais, materia: Materia, dia: Fecha) -> Option<Norma> {
    let fecha = |(a, m, d): (i16, i8, i8)| Fecha::new(a, m, d).ok();
    let vigente = |n: &&Norma| {
        let desde = fecha(n.desde).is_some_and(|f| f <= dia);
        desde && n.hasta.is_none_or(|h| fecha(h).is_some_and(|f| dia < f))
    };
    NORMAS.iter().filter(|n| n.pais == pais && n.materia == materia).find(vigente).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_holds_in_its_country_and_from_its_day() {
        let dia = |t: &str| Fecha::parse(t).unwrap();
        let aviso = |pais, t: &str| norma(pais, Materia::AvisoHabiles, dia(t)).map(|n| n.valor);
        assert_eq!(aviso(Pais::Pe, "2026-12-01"), Some(2));
        assert_eq!(aviso(Pais::Pe, "2019-12-31"), None);
        assert_eq!(aviso(Pais::Mx, "2026-12-01"), None);
    }
}
