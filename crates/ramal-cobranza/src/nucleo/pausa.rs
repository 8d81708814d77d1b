//! Voluntary pauses: how many days a year of service still allows, and when a pause takes effect
//! (S9). Pure; the price of the paused days is in the facts of the service.

use ramal_base::{Fecha, Pais};

use super::calendario::Calendario;
use super::norma::{Materia, norma};
use super::politica::PoliticaPausa;

/// A pause, half open: `hasta` is the first day back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lapso {
    /// First paused day.
    pub desde: Fecha,
    /// First day back.
    pub hasta: Fecha,
}

/// Why a pause is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rechazo {
    /// It begins before it can take effect; the first day on which it may.
    Antes(Fecha),
    /// Shorter than this many days.
    Corta(u16),
    /// More than the year of service still allows; how many days that is.
    SinDias(i64),
    /// It meets another pause of the service.
    Encimada,
}

/// The policy as the norm of the country lets it be: never harsher than the norm on a day.
pub fn con_norma(politica: PoliticaPausa, pais: Pais, dia: Fecha) -> PoliticaPausa {
    let de = |materia| norma(pais, materia, dia).map(|n| n.valor);
    let PoliticaPausa { min_dias, max_meses, efectiva_habiles, cargo_retorno } = politica;
    PoliticaPausa {
        min_dias: de(Materia::PausaMinimo).map_or(min_dias, |n| n.min(min_dias)),
        max_meses: de(Materia::PausaMeses).map_or(max_meses, |n| n.max(max_meses)),
        efectiva_habiles: de(Materia::PausaEfectiva)
            .map_or(efectiva_habiles, |n| n.min(efectiva_habiles)),
        cargo_retorno,
    }
}

/// The year of service that contains a day: `[desde, hasta)`, counted from the start of the
/// service.
pub fn anio_de_servicio(inicio: Fecha, dia: Fecha) -> Lapso {
    let anios = i32::from(dia.anio()) - i32::from(inicio.anio());
    let k = if inicio.plus_meses(12 * anios) > dia { anios - 1 } else { anios };
    Lapso { desde: inicio.plus_meses(12 * k), hasta: inicio.plus_meses(12 * (k + 1)) }
}

/// First day on which a pause asked for on `hoy` takes effect.
pub fn efectiva(hoy: Fecha, politica: &PoliticaPausa, calendario: &Calendario) -> Fecha {
    calendario.plus_habiles(hoy, politica.efectiva_habiles)
}

/// Days of pause inside a year of service.
pub fn usados(anio: Lapso, pausas: &[Lapso]) -> i64 {
    let dentro = |p: &Lapso| p.desde.max(anio.desde).dias_hasta(p.hasta.min(anio.hasta)).max(0);
    pausas.iter().map(dentro).sum()
}

/// Days of pause that a year of service still allows to one that begins on `desde`.
///
/// The months of the policy are those that begin on `desde`: two months from 1 July are 62 days.
pub fn disponibles(inicio: Fecha, desde: Fecha, pausas: &[Lapso], politica: &PoliticaPausa) -> i64 {
    let total = desde.dias_hasta(desde.plus_meses(i32::from(politica.max_meses)));
    (total - usados(anio_de_servicio(inicio, desde), pausas)).max(0)
}

/// Checks a pause of a service that began on `inicio` and had `pausas`. Errors: `Rechazo`.
pub fn check(
    pedida: Lapso,
    (hoy, inicio): (Fecha, Fecha),
    pausas: &[Lapso],
    politica: &PoliticaPausa,
    calendario: &Calendario,
) -> Result<(), Rechazo> {
    let primero = efectiva(hoy, politica, calendario);
    if pedida.desde < primero {
        return Err(Rechazo::Antes(primero));
    }
    let dias = pedida.desde.dias_hasta(pedida.hasta);
    if dias < i64::from(politica.min_dias) {
        return Err(Rechazo::Corta(politica.min_dias));
    }
    if pausas.iter().any(|p| p.desde < pedida.hasta && pedida.desde < p.hasta) {
        return Err(Rechazo::Encimada);
    }
    let quedan = disponibles(inicio, pedida.desde, pausas, politica);
    let siguiente = anio_de_servicio(inicio, pedida.desde).hasta;
    let en_este = pedida.desde.dias_hasta(pedida.hasta.min(siguiente));
    if en_este > quedan {
        return Err(Rechazo::SinDias(quedan));
    }
    let en_otro = siguiente.dias_hasta(pedida.hasta).max(0);
    let del_otro = disponibles(inicio, siguiente, pausas, politica);
    if en_otro > del_otro { Err(Rechazo::SinDias(en_este + del_otro)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nucleo::calendario::DiasProhibidos;
    use ramal_base::Pais;

    fn f(texto: &str) -> Fecha {
        Fecha::parse(texto).unwrap()
    }

    fn lapso(desde: &str, hasta: &str) -> Lapso {
        Lapso { desde: f(desde), hasta: f(hasta) }
    }

    fn ask(pedida: Lapso, pausas: &[Lapso]) -> Result<(), Rechazo> {
        let c = Calendario::new(Pais::Pe, DiasProhibidos::default(), Vec::new());
        let dias = (f("2026-06-01"), f("2025-03-10"));
        check(pedida, dias, pausas, &PoliticaPausa::default(), &c)
    }

    #[test]
    fn fifteen_days_are_a_pause_and_fourteen_are_not() {
        assert_eq!(ask(lapso("2026-07-01", "2026-07-16"), &[]), Ok(()));
        assert_eq!(ask(lapso("2026-07-01", "2026-07-15"), &[]), Err(Rechazo::Corta(15)));
    }

    #[test]
    fn two_months_are_the_most_in_a_year_of_service() {
        assert_eq!(ask(lapso("2026-07-01", "2026-09-01"), &[]), Ok(()));
        assert_eq!(ask(lapso("2026-07-01", "2026-09-02"), &[]), Err(Rechazo::SinDias(62)));
        let usada = [lapso("2026-04-01", "2026-05-16")];
        assert_eq!(ask(lapso("2026-07-01", "2026-07-18"), &usada), Ok(()));
        assert_eq!(ask(lapso("2026-07-01", "2026-07-19"), &usada), Err(Rechazo::SinDias(17)));
    }

    #[test]
    fn the_counter_begins_again_with_each_year_of_service() {
        let anterior = [lapso("2026-01-05", "2026-03-05")];
        assert_eq!(ask(lapso("2026-07-01", "2026-09-01"), &anterior), Ok(()));
        let anio = anio_de_servicio(f("2025-03-10"), f("2026-03-09"));
        assert_eq!(anio, lapso("2025-03-10", "2026-03-10"));
        let anio = anio_de_servicio(f("2025-03-10"), f("2026-03-10"));
        assert_eq!(anio, lapso("2026-03-10", "2027-03-10"));
        let bisiesto = anio_de_servicio(f("2024-02-29"), f("2026-02-28"));
        assert_eq!(bisiesto, lapso("2026-02-28", "2027-02-28"));
    }

    #[test]
    fn a_pause_takes_effect_on_a_working_day_and_never_after_five_of_them() {
        let c = Calendario::new(Pais::Pe, DiasProhibidos::default(), Vec::new());
        let lenta = PoliticaPausa { efectiva_habiles: 20, ..PoliticaPausa::default() };
        let legal = con_norma(lenta, Pais::Pe, f("2026-12-04"));
        assert_eq!(legal.efectiva_habiles, 5);
        assert_eq!(efectiva(f("2026-12-04"), &legal, &c), f("2026-12-15"));
        assert_eq!(con_norma(lenta, Pais::Mx, f("2026-12-04")).efectiva_habiles, 20);
        assert_eq!(
            ask(lapso("2026-06-01", "2026-07-01"), &[]),
            Err(Rechazo::Antes(f("2026-06-02")))
        );
    }

    #[test]
    fn two_pauses_of_a_service_do_not_meet() {
        let otra = [lapso("2026-07-10", "2026-07-30")];
        assert_eq!(ask(lapso("2026-07-01", "2026-07-16"), &otra), Err(Rechazo::Encimada));
        assert_eq!(ask(lapso("2026-07-30", "2026-08-14"), &otra), Ok(()));
    }
}
