//! Which days a service may be cut on, and which are working days. Pure: holidays of the country,
//! days added by the company or a zone, and the days of the week of the policy.

use std::collections::BTreeSet;

use ramal_base::{Fecha, Pais};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::feriados::{feriado, weekday};

/// Days looked at before giving up on finding an allowed one.
const HORIZONTE: i32 = 400;

/// Days on which nobody is cut (facturacion.md S2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DiasProhibidos {
    /// Días de la semana en que no se corta, de 1 (lunes) a 7 (domingo).
    pub semana: BTreeSet<u8>,
    /// Si no se corta en feriado.
    pub feriados: bool,
    /// Si no se corta en víspera de feriado.
    pub visperas: bool,
}

impl Default for DiasProhibidos {
    fn default() -> DiasProhibidos {
        DiasProhibidos { semana: BTreeSet::from([5, 6, 7]), feriados: true, visperas: true }
    }
}

/// What a day added by the company or by a zone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaseDia {
    /// Feriado local.
    Feriado,
    /// Nadie puede reconectar ese día.
    SinReconexion,
    /// Día hábil aunque el país lo tenga por feriado.
    Habil,
}

impl ClaseDia {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaseDia::Feriado => "feriado",
            ClaseDia::SinReconexion => "sin_reconexion",
            ClaseDia::Habil => "habil",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<ClaseDia> {
        use ClaseDia::{Feriado, Habil, SinReconexion};
        [Feriado, SinReconexion, Habil].into_iter().find(|c| c.as_str() == texto)
    }
}

/// A day of the company or of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiaPropio {
    /// The day.
    pub fecha: Fecha,
    /// What it is.
    pub clase: ClaseDia,
    /// Its name.
    pub nombre: String,
}

/// Why nobody is cut on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "tipo", content = "nombre")]
pub enum Impedimento {
    /// A day of the week, 1 (Monday) to 7 (Sunday), that the policy excludes.
    Semana(u8),
    /// A holiday.
    Feriado(String),
    /// The day before a holiday.
    Vispera(String),
    /// Nobody can reconnect on it.
    SinReconexion(String),
}

/// Calendar of one zone under one policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendario {
    pais: Pais,
    dias: DiasProhibidos,
    propios: Vec<DiaPropio>,
}

impl Calendario {
    /// Calendar of a country with the days of the policy and those of the company and the zone.
    pub fn new(pais: Pais, dias: DiasProhibidos, propios: Vec<DiaPropio>) -> Calendario {
        Calendario { pais, dias, propios }
    }

    fn own(&self, fecha: Fecha, clase: ClaseDia) -> Option<&DiaPropio> {
        self.propios.iter().find(|d| d.fecha == fecha && d.clase == clase)
    }

    /// Name of the holiday of a day, national or of the company, if it is one.
    pub fn feriado(&self, fecha: Fecha) -> Option<String> {
        if let Some(dia) = self.own(fecha, ClaseDia::Feriado) {
            return Some(dia.nombre.clone());
        }
        if self.own(fecha, ClaseDia::Habil).is_some() {
            return None;
        }
        feriado(self.pais, fecha).map(ToOwned::to_owned)
    }

    /// Whether it is a working day: Monday to Friday and no holiday.
    pub fn is_habil(&self, fecha: Fecha) -> bool {
        weekday(fecha) <= 5 && self.feriado(fecha).is_none()
    }

    /// Why nobody is cut on a day; none if it is allowed.
    pub fn impedimento(&self, fecha: Fecha) -> Option<Impedimento> {
        if let Some(dia) = self.own(fecha, ClaseDia::SinReconexion) {
            return Some(Impedimento::SinReconexion(dia.nombre.clone()));
        }
        let semana = u8::try_from(weekday(fecha)).unwrap_or(7);
        if self.dias.semana.contains(&semana) {
            return Some(Impedimento::Semana(semana));
        }
        if self.dias.feriados
            && let Some(nombre) = self.feriado(fecha)
        {
            return Some(Impedimento::Feriado(nombre));
        }
        let manana = fecha.plus_dias(1);
        if self.dias.visperas
            && let Some(nombre) = self.feriado(manana)
        {
            return Some(Impedimento::Vispera(nombre));
        }
        None
    }

    /// First day on or after `desde` on which a service may be cut; none within 400 days.
    pub fn primer_permitido(&self, desde: Fecha) -> Option<Fecha> {
        let dias = (0..HORIZONTE).map(|n| desde.plus_dias(n));
        dias.into_iter().find(|dia| self.impedimento(*dia).is_none())
    }

    /// First day strictly after `fecha` on which a service may be cut (S2); none within 400 days.
    pub fn siguiente_permitido(&self, fecha: Fecha) -> Option<Fecha> {
        self.primer_permitido(fecha.plus_dias(1))
    }

    /// The `n`-th working day after `fecha`; `fecha` itself if `n` is 0.
    pub fn plus_habiles(&self, fecha: Fecha, n: u16) -> Fecha {
        self.step(fecha, n, 1)
    }

    /// The `n`-th working day before `fecha`; `fecha` itself if `n` is 0.
    pub fn minus_habiles(&self, fecha: Fecha, n: u16) -> Fecha {
        self.step(fecha, n, -1)
    }

    fn step(&self, fecha: Fecha, n: u16, paso: i32) -> Fecha {
        let mut dia = fecha;
        let mut faltan = n;
        for _ in 0..HORIZONTE {
            if faltan == 0 {
                break;
            }
            dia = dia.plus_dias(paso);
            if self.is_habil(dia) {
                faltan -= 1;
            }
        }
        dia
    }

    /// Every day from `desde` on until the first allowed one, each with what stops it.
    pub fn explicacion(&self, desde: Fecha) -> Vec<(Fecha, Impedimento)> {
        let dias = (0..HORIZONTE).map(|n| desde.plus_dias(n));
        dias.map_while(|dia| self.impedimento(dia).map(|i| (dia, i))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn f(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    fn peru() -> Calendario {
        Calendario::new(Pais::Pe, DiasProhibidos::default(), Vec::new())
    }

    #[test]
    fn a_peruvian_cut_skips_the_two_holidays_of_december_and_their_eve() {
        // Due on Saturday 2026-12-05 with three days of grace (facturacion.md S2).
        let gracia = f("2026-12-05").plus_dias(3);
        assert_eq!(peru().siguiente_permitido(gracia), Some(f("2026-12-10")));
        assert_eq!(
            peru().impedimento(f("2026-12-07")),
            Some(Impedimento::Vispera("Inmaculada Concepción".into()))
        );
        let motivos: Vec<String> =
            peru().explicacion(f("2026-12-04")).iter().map(|(d, _)| d.to_string()).collect();
        assert_eq!(motivos.len(), 6);
    }

    #[test]
    fn a_zone_adds_its_own_days_and_may_work_on_a_national_one() {
        let propio = |dia: &str, clase| DiaPropio { fecha: f(dia), clase, nombre: "local".into() };
        let propios = vec![
            propio("2026-12-10", ClaseDia::SinReconexion),
            propio("2026-12-15", ClaseDia::Feriado),
            propio("2026-12-08", ClaseDia::Habil),
        ];
        let zona = Calendario::new(Pais::Pe, DiasProhibidos::default(), propios);
        assert_eq!(zona.impedimento(f("2026-12-07")), None);
        assert!(matches!(zona.impedimento(f("2026-12-10")), Some(Impedimento::SinReconexion(_))));
        assert!(matches!(zona.impedimento(f("2026-12-14")), Some(Impedimento::Vispera(_))));
    }

    #[test]
    fn working_days_are_counted_over_weekends_and_holidays() {
        assert_eq!(peru().plus_habiles(f("2026-12-04"), 2), f("2026-12-10"));
        assert_eq!(peru().minus_habiles(f("2026-12-10"), 2), f("2026-12-04"));
        assert_eq!(peru().plus_habiles(f("2026-12-06"), 0), f("2026-12-06"));
    }

    #[test]
    fn a_policy_that_forbids_every_day_never_finds_one() {
        let dias = DiasProhibidos { semana: (1..=7).collect(), ..DiasProhibidos::default() };
        let nunca = Calendario::new(Pais::Mx, dias, Vec::new());
        assert_eq!(nunca.primer_permitido(f("2026-12-01")), None);
    }

    proptest! {
        #[test]
        fn the_next_allowed_day_is_allowed_and_no_earlier_one_is(dia in 0i32..2190) {
            let desde = f("2025-01-01").plus_dias(dia);
            for pais in [Pais::Mx, Pais::Pe, Pais::Ar] {
                let c = Calendario::new(pais, DiasProhibidos::default(), Vec::new());
                let corte = c.siguiente_permitido(desde).unwrap();
                prop_assert!(corte > desde && c.impedimento(corte).is_none());
                let n = i32::try_from(desde.dias_hasta(corte)).unwrap();
                prop_assert!((1..n).all(|d| c.impedimento(desde.plus_dias(d)).is_some()));
            }
        }
    }
}
