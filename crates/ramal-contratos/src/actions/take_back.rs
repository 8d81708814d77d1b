//! Undo of what was recorded last on a service, while nobody has changed it since. It takes back no
//! start, no end and nothing that itself took something back.

use ramal_base::Cx;
use ramal_db::Tx;

use super::record::{Asiento, lock, record};
use crate::{Error, EstadoServicio, Hecho, Servicio, ServicioId};

/// How long after it was recorded a change can be taken back, in milliseconds.
const PLAZO_MS: i64 = 10 * 60 * 1000;

/// Takes back the facts recorded after the first `hechos`, if the service is still in `version`.
///
/// Errors: `NotFound`, `Desactualizado` if it was changed since or the time to undo is over,
/// `NoSeDeshace`, `Storage`. Emits `ContratoModificado`, and the event of the state it returns to.
pub async fn take_back(
    tx: &Tx,
    cx: &Cx,
    (id, version): (ServicioId, i64),
    hechos: u32,
) -> Result<Servicio, Error> {
    let bloqueado = lock(tx, cx, id).await?;
    if bloqueado.servicio.version != version {
        return Err(Error::Desactualizado);
    }
    let ultimos: Vec<_> = bloqueado.eventos.iter().filter(|e| e.secuencia > hechos).collect();
    let limite = cx.now().plus_millis(-PLAZO_MS);
    if ultimos.iter().any(|e| e.registrado < limite) {
        return Err(Error::Desactualizado);
    }
    let final_hoy = bloqueado.servicio.estado == EstadoServicio::Cancelado;
    if ultimos.is_empty() || final_hoy || !ultimos.iter().all(|e| is_reversible(&e.hecho)) {
        return Err(Error::NoSeDeshace);
    }
    let hoy = bloqueado.hoy;
    let anula = |secuencia| (hoy, Hecho::Anulacion { secuencia });
    let hechos = ultimos.iter().map(|e| anula(e.secuencia)).collect();
    let propuesto = bloqueado.servicio.clone();
    let asiento = Asiento { accion: "servicio.deshacer", hechos, campos: Vec::new(), motivo: None };
    record(tx, cx, bloqueado, propuesto, asiento).await
}

/// Whether taking a fact back leaves the service as if it had never been recorded.
pub fn is_reversible(hecho: &Hecho) -> bool {
    matches!(
        hecho,
        Hecho::Suspension
            | Hecho::Reactivacion
            | Hecho::Pausa
            | Hecho::FinPausa
            | Hecho::CambioPlan { .. }
            | Hecho::CambioPrecio { .. }
            | Hecho::Cancelacion
    )
}
