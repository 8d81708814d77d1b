//! The state machine of a service: which step its facts allow on a day, and the facts that it
//! adds. Pure; it writes nothing and knows no price.

use ramal_base::Fecha;

use crate::tramos::vigentes;
use crate::{EstadoServicio, EventoServicio, Hecho, estado_en};

/// A step that a person asks for. The term of a service ends by itself and is no step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paso {
    /// Cut by the company, usually for debt.
    Suspender,
    /// Paused at the customer's request; free while it lasts (facturacion.md S9).
    Pausar,
    /// Back in service: lifts a cut, a pause or the end of a term, or takes back what was
    /// scheduled.
    Reactivar,
    /// Lifts a cut and nothing else: a pause of the customer or a scheduled end stays.
    LevantarCorte,
    /// End of the service, for good.
    Cancelar,
}

/// Why the state of a service does not allow a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rechazo {
    /// It is suspended or paused already.
    YaSuspendido,
    /// It is in service and nothing is scheduled.
    YaActivo,
    /// It was cancelled; that is final.
    Cancelado,
    /// Its term ended.
    Vencido,
    /// The service begins later.
    AntesDeInicio,
}

/// Facts that `paso` adds with effect on `fecha`, in order; `hoy` tells what is still only a plan.
///
/// Shape: an `Anulacion` counts from today, the others from `fecha`. Errors: `Rechazo`.
pub fn hechos_de(
    paso: Paso,
    eventos: &[EventoServicio],
    fecha: Fecha,
    hoy: Fecha,
) -> Result<Vec<(Fecha, Hecho)>, Rechazo> {
    let estado = estado_en(eventos, fecha).ok_or(Rechazo::AntesDeInicio)?;
    match paso {
        Paso::Suspender => only_from_activo(estado, fecha, Hecho::Suspension),
        Paso::Pausar => only_from_activo(estado, fecha, Hecho::Pausa),
        Paso::Reactivar => lift(eventos, estado, fecha, hoy),
        Paso::LevantarCorte => lift_cut(eventos, estado, fecha),
        Paso::Cancelar => end(eventos, estado, fecha, hoy),
    }
}

fn only_from_activo(
    estado: EstadoServicio,
    fecha: Fecha,
    hecho: Hecho,
) -> Result<Vec<(Fecha, Hecho)>, Rechazo> {
    match estado {
        EstadoServicio::Activo => Ok(vec![(fecha, hecho)]),
        EstadoServicio::Suspendido => Err(Rechazo::YaSuspendido),
        EstadoServicio::Cancelado => Err(Rechazo::Cancelado),
        EstadoServicio::Vencido => Err(Rechazo::Vencido),
    }
}

fn lift(
    eventos: &[EventoServicio],
    estado: EstadoServicio,
    fecha: Fecha,
    hoy: Fecha,
) -> Result<Vec<(Fecha, Hecho)>, Rechazo> {
    let mut hechos = Vec::new();
    match estado {
        EstadoServicio::Cancelado => return Err(Rechazo::Cancelado),
        EstadoServicio::Activo => {
            hechos.extend(undo_planned(eventos, hoy, |h| {
                matches!(h, Hecho::Suspension | Hecho::Pausa | Hecho::Cancelacion)
            }));
        }
        EstadoServicio::Suspendido => hechos.extend(held(eventos, fecha)),
        EstadoServicio::Vencido => {
            hechos.push((fecha, Hecho::Vigencia { hasta: None }));
            hechos.extend(held(eventos, fecha));
        }
    }
    if hechos.is_empty() { Err(Rechazo::YaActivo) } else { Ok(hechos) }
}

fn lift_cut(
    eventos: &[EventoServicio],
    estado: EstadoServicio,
    fecha: Fecha,
) -> Result<Vec<(Fecha, Hecho)>, Rechazo> {
    if estado == EstadoServicio::Cancelado {
        return Err(Rechazo::Cancelado);
    }
    match holds(eventos, fecha) {
        (true, _) => Ok(vec![(fecha, Hecho::Reactivacion)]),
        (false, _) => Err(Rechazo::YaActivo),
    }
}

/// Facts of a pause with its return: from `desde` until the day before `hasta`.
///
/// Errors: `Rechazo` if the service is not in service on its first day.
pub fn pausa_entre(
    eventos: &[EventoServicio],
    desde: Fecha,
    hasta: Fecha,
) -> Result<Vec<(Fecha, Hecho)>, Rechazo> {
    let estado = estado_en(eventos, desde).ok_or(Rechazo::AntesDeInicio)?;
    let mut hechos = only_from_activo(estado, desde, Hecho::Pausa)?;
    hechos.push((hasta, Hecho::FinPausa));
    Ok(hechos)
}

/// Facts that end today the pause that holds the service, or take back one that did not begin;
/// either way its scheduled return goes with it. Errors: `YaActivo` if there is none.
pub fn fin_de_pausa(
    eventos: &[EventoServicio],
    hoy: Fecha,
) -> Result<Vec<(Fecha, Hecho)>, Rechazo> {
    let mut hechos = undo_planned(eventos, hoy, |h| matches!(h, Hecho::Pausa | Hecho::FinPausa));
    hechos.extend(is_pausado(eventos, hoy).then_some((hoy, Hecho::FinPausa)));
    if hechos.is_empty() { Err(Rechazo::YaActivo) } else { Ok(hechos) }
}

/// Whether a pause of the customer holds the service on a day.
pub fn is_pausado(eventos: &[EventoServicio], fecha: Fecha) -> bool {
    holds(eventos, fecha).1
}

fn end(
    eventos: &[EventoServicio],
    estado: EstadoServicio,
    fecha: Fecha,
    hoy: Fecha,
) -> Result<Vec<(Fecha, Hecho)>, Rechazo> {
    let mut hechos = undo_planned(eventos, hoy, |h| matches!(h, Hecho::Cancelacion));
    if estado == EstadoServicio::Cancelado && hechos.is_empty() {
        return Err(Rechazo::Cancelado);
    }
    hechos.push((fecha, Hecho::Cancelacion));
    Ok(hechos)
}

/// Takes back the facts of a kind that have not come into effect.
pub(crate) fn undo_planned(
    eventos: &[EventoServicio],
    hoy: Fecha,
    kind: impl Fn(&Hecho) -> bool,
) -> Vec<(Fecha, Hecho)> {
    let planned = vigentes(eventos).into_iter().filter(|e| e.desde > hoy && kind(&e.hecho));
    planned.map(|e| (hoy, Hecho::Anulacion { secuencia: e.secuencia })).collect()
}

/// What lifts the cut and the pause that hold the service on a day.
fn held(eventos: &[EventoServicio], fecha: Fecha) -> Vec<(Fecha, Hecho)> {
    let (cortado, pausado) = holds(eventos, fecha);
    let corte = cortado.then_some((fecha, Hecho::Reactivacion));
    let pausa = pausado.then_some((fecha, Hecho::FinPausa));
    corte.into_iter().chain(pausa).collect()
}

/// Whether a cut and whether a pause hold the service on a day.
fn holds(eventos: &[EventoServicio], fecha: Fecha) -> (bool, bool) {
    let (mut cortado, mut pausado) = (false, false);
    for evento in vigentes(eventos).into_iter().filter(|e| e.desde <= fecha) {
        match evento.hecho {
            Hecho::Alta { .. } => (cortado, pausado) = (false, false),
            Hecho::Suspension => cortado = true,
            Hecho::Reactivacion => cortado = false,
            Hecho::Pausa => pausado = true,
            Hecho::FinPausa => pausado = false,
            _ => {}
        }
    }
    (cortado, pausado)
}

#[cfg(test)]
#[path = "maquina_tests.rs"]
mod tests;
