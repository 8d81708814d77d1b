//! The ladder of notices: which steps of an open invoice are due on a day. Pure; it sends nothing
//! and does not know what was delivered.

use ramal_base::Fecha;

use super::calendario::Calendario;
use super::politica::{ClaseAviso, Etapa, Politica};

/// An open invoice as the ladder sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tramo {
    /// Day of issue: nothing is announced before it.
    pub emision: Fecha,
    /// Due day.
    pub vencimiento: Fecha,
    /// Day on which a live or broken promise that covers it ends; moves the notice of the cut.
    pub prometida: Option<Fecha>,
}

/// Day of a step for an invoice; none if the step never comes (no allowed day to cut).
///
/// The notice of the cut is given its working days before the first day on which the service may
/// be cut, so it may come before the due day when holidays follow.
pub fn dia_de(etapa: &Etapa, t: &Tramo, politica: &Politica, c: &Calendario) -> Option<Fecha> {
    let dias = i32::from(etapa.dias);
    let dia = match etapa.clase {
        ClaseAviso::Corte => {
            let gracia = t.vencimiento.plus_dias(i32::from(politica.gracia_dias));
            let corte = c.siguiente_permitido(t.prometida.unwrap_or(gracia))?;
            c.minus_habiles(corte, u16::try_from(dias).unwrap_or(0))
        }
        ClaseAviso::Proximo | ClaseAviso::Vencido => t.vencimiento.plus_dias(dias),
    };
    Some(dia.max(t.emision))
}

/// Steps due on or before `as_of` and not among `dados`, in the order of their days.
///
/// What only makes sense before the due day is left out after it.
pub fn debidos<'a>(
    as_of: Fecha,
    tramo: &Tramo,
    dados: &[String],
    politica: &'a Politica,
    calendario: &Calendario,
) -> Vec<(Fecha, &'a Etapa)> {
    let nueva = |e: &&Etapa| !dados.contains(&e.codigo);
    let a_tiempo = |e: &Etapa| match e.clase {
        ClaseAviso::Proximo => as_of <= tramo.vencimiento,
        ClaseAviso::Vencido => as_of > tramo.vencimiento,
        ClaseAviso::Corte => true,
    };
    let mut pasos: Vec<(Fecha, &Etapa)> = politica
        .escalera
        .iter()
        .filter(nueva)
        .filter_map(|e| Some((dia_de(e, tramo, politica, calendario)?, e)))
        .filter(|(dia, e)| *dia <= as_of && a_tiempo(e))
        .collect();
    pasos.sort_by_key(|(dia, e)| (*dia, e.clase == ClaseAviso::Corte));
    pasos
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nucleo::calendario::DiasProhibidos;
    use ramal_base::Pais;

    fn f(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    fn steps(as_of: &str, dados: &[&str]) -> Vec<String> {
        let tramo =
            Tramo { emision: f("2026-11-25"), vencimiento: f("2026-12-05"), prometida: None };
        let dados: Vec<String> = dados.iter().map(|d| (*d).to_owned()).collect();
        let c = Calendario::new(Pais::Pe, DiasProhibidos::default(), Vec::new());
        let politica = Politica::default();
        debidos(f(as_of), &tramo, &dados, &politica, &c)
            .into_iter()
            .map(|(_, e)| e.codigo.clone())
            .collect()
    }

    #[test]
    fn each_step_comes_on_its_day_and_the_notice_of_the_cut_two_working_days_before_it() {
        assert!(steps("2026-12-01", &[]).is_empty());
        assert_eq!(steps("2026-12-02", &[]), ["previo_3"]);
        // The cut is on Thursday the 10th; the 8th and the 9th are holidays.
        assert_eq!(steps("2026-12-04", &["previo_3"]), ["corte"]);
        assert_eq!(steps("2026-12-05", &["previo_3", "corte"]), ["vence_hoy"]);
        assert_eq!(steps("2026-12-06", &["previo_3", "vence_hoy", "corte"]), ["mora_1"]);
        assert_eq!(steps("2026-12-08", &["previo_3", "vence_hoy", "corte", "mora_1"]), ["mora_3"]);
    }

    #[test]
    fn a_step_given_is_not_given_again_and_a_reminder_that_came_too_late_is_left_out() {
        assert!(steps("2026-12-20", &["corte", "mora_1", "mora_3"]).is_empty());
        assert_eq!(steps("2026-12-09", &[]), ["corte", "mora_1", "mora_3"]);
    }
}
