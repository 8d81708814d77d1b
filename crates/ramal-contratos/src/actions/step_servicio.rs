//! Steps of the state machine: suspend, reactivate, cancel. The rule is in `maquina`.

use ramal_base::{Cx, Fecha};
use ramal_db::Tx;

use super::record::{Asiento, lock, record};
use crate::comandos::{ClaseSuspension, OrdenServicio, OrdenSuspender};
use crate::maquina::{Paso, fin_de_pausa, hechos_de, pausa_entre};
use crate::{Error, Servicio, ServicioId, reglas};

/// Cuts or pauses a service from a day on.
///
/// Errors: `NotFound`, `Estado`, `Datos`, `Storage`. Emits `ContratoModificado`, and
/// `ServicioSuspendido` on the day.
pub async fn suspend(
    tx: &Tx,
    cx: &Cx,
    id: ServicioId,
    orden: OrdenSuspender,
) -> Result<Servicio, Error> {
    let paso = match orden.clase {
        ClaseSuspension::Corte => Paso::Suspender,
        ClaseSuspension::Pausa => Paso::Pausar,
    };
    let OrdenSuspender { fecha, motivo, .. } = orden;
    step(tx, cx, id, paso, OrdenServicio { fecha, motivo }).await
}

/// Puts a service back: lifts a cut, a pause or the end of a term, or takes back a scheduled cut
/// or cancellation.
///
/// Errors: `NotFound`, `Estado`, `Datos`, `Storage`. Emits `ContratoModificado`, and
/// `ServicioReactivado` on the day.
pub async fn reactivate(
    tx: &Tx,
    cx: &Cx,
    id: ServicioId,
    orden: OrdenServicio,
) -> Result<Servicio, Error> {
    step(tx, cx, id, Paso::Reactivar, orden).await
}

/// Lifts a cut from a day on and nothing else: a pause that the customer asked for goes on.
///
/// Errors: `NotFound`, `Estado`, `Datos`, `Storage`. Emits `ContratoModificado`, and
/// `ServicioReactivado` on the day if nothing else holds it.
pub async fn lift_cut(
    tx: &Tx,
    cx: &Cx,
    id: ServicioId,
    orden: OrdenServicio,
) -> Result<Servicio, Error> {
    step(tx, cx, id, Paso::LevantarCorte, orden).await
}

/// Ends a service on a day, for good; a cancellation that is still ahead is moved.
///
/// Errors: `NotFound`, `Estado`, `Datos`, `Storage`. Emits `ContratoModificado`, and
/// `ServicioCancelado` on the day.
pub async fn cancel(
    tx: &Tx,
    cx: &Cx,
    id: ServicioId,
    orden: OrdenServicio,
) -> Result<Servicio, Error> {
    step(tx, cx, id, Paso::Cancelar, orden).await
}

/// Pauses a service at the customer's request from a day until the day before another, both
/// recorded at once, so that it comes back by itself.
///
/// Errors: `NotFound`, `Estado`, `Datos` if the days are not in order, `Storage`. Emits
/// `ContratoModificado`, and `ServicioSuspendido` on the day.
pub async fn pause_between(
    tx: &Tx,
    cx: &Cx,
    id: ServicioId,
    (desde, hasta): (Fecha, Fecha),
) -> Result<Servicio, Error> {
    let bloqueado = lock(tx, cx, id).await?;
    if hasta <= desde {
        let motivo = "La vuelta va después del primer día en pausa.";
        return Err(Error::campo("hasta", "fecha_fuera_de_rango", motivo));
    }
    let hechos = pausa_entre(&bloqueado.eventos, desde, hasta)?;
    let propuesto = bloqueado.servicio.clone();
    let motivo = Some("Pausa a pedido del cliente".to_owned());
    let asiento = Asiento { accion: "servicio.pausar", hechos, campos: Vec::new(), motivo };
    record(tx, cx, bloqueado, propuesto, asiento).await
}

/// Ends today the pause of a service, or takes back one that did not begin.
///
/// Errors: `NotFound`, `Estado` if it has none, `Storage`. Emits `ContratoModificado`, and
/// `ServicioReactivado` if it was paused.
pub async fn end_pause(tx: &Tx, cx: &Cx, id: ServicioId) -> Result<Servicio, Error> {
    let bloqueado = lock(tx, cx, id).await?;
    let hechos = fin_de_pausa(&bloqueado.eventos, bloqueado.hoy)?;
    let propuesto = bloqueado.servicio.clone();
    let motivo = Some("Fin de la pausa".to_owned());
    let asiento = Asiento { accion: "servicio.reactivar", hechos, campos: Vec::new(), motivo };
    record(tx, cx, bloqueado, propuesto, asiento).await
}

async fn step(
    tx: &Tx,
    cx: &Cx,
    id: ServicioId,
    paso: Paso,
    orden: OrdenServicio,
) -> Result<Servicio, Error> {
    let bloqueado = lock(tx, cx, id).await?;
    let (hoy, inicio) = (bloqueado.hoy, bloqueado.servicio.inicio);
    let fecha = orden.fecha.unwrap_or(hoy.max(inicio));
    let mut errores = Vec::new();
    reglas::check_fecha(fecha, "fecha", Some(inicio), &mut errores);
    let motivo = reglas::check_texto(orden.motivo.as_deref(), "motivo", 300, &mut errores);
    if !errores.is_empty() {
        return Err(Error::Datos(errores));
    }
    let hechos = hechos_de(paso, &bloqueado.eventos, fecha, hoy)?;
    let mut propuesto = bloqueado.servicio.clone();
    let accion = match paso {
        Paso::Suspender => "servicio.suspender",
        Paso::Pausar => "servicio.pausar",
        Paso::Reactivar | Paso::LevantarCorte => "servicio.reactivar",
        Paso::Cancelar => "servicio.cancelar",
    };
    propuesto.auto_renovacion |= renews(&hechos);
    let asiento = Asiento { accion, hechos, campos: Vec::new(), motivo };
    record(tx, cx, bloqueado, propuesto, asiento).await
}

/// Lifting the end of a term makes the service renew by itself.
fn renews(hechos: &[(ramal_base::Fecha, crate::Hecho)]) -> bool {
    hechos.iter().any(|(_, hecho)| *hecho == crate::Hecho::Vigencia { hasta: None })
}
