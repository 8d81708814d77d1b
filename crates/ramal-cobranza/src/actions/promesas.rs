//! What becomes of promises on a day: kept, broken, or judged again when money of an earlier value
//! date appears (M4).

use ramal_base::{Cx, Fecha};
use ramal_db::{Consulta, Tx};

use super::{Orden, settle_held, tell};
use crate::Error;
use crate::events::{PromesaCumplida, PromesaRota};
use crate::expediente::{Expediente, Prometido};
use crate::nucleo::estado::EstadoPromesa;
use crate::nucleo::promesa::juzgar;
use crate::puertos::Asunto;
use crate::storage::{deuda, promesas};

/// Judges the promises of a customer on the day of the file. Gives whether any changed.
///
/// A broken one whose money turns out to have been paid in time is kept after all. Emits
/// `PromesaCumplida`, `PromesaRota`.
pub(crate) async fn judge(tx: &Tx, cx: &Cx, e: &Expediente) -> Result<bool, Error> {
    let mut cambio = false;
    for p in &e.promesas {
        let antes = p.estado();
        if !is_open(p, e.as_of) {
            continue;
        }
        let abierto = open_by(tx, p, p.promesa.fecha).await?;
        let ahora = juzgar(p.promesa.fecha, abierto, e.as_of);
        let tarde = antes == EstadoPromesa::Rota && ahora != EstadoPromesa::Cumplida;
        if ahora != antes && !tarde {
            cambio |= resolve(tx, cx, e, (p, ahora)).await?;
        }
    }
    Ok(cambio)
}

/// How long after its date a broken promise is looked at again, in days.
const MEMORIA: i64 = 90;

/// Whether a promise may still change by itself: live, or broken not long ago.
fn is_open(p: &Prometido, as_of: Fecha) -> bool {
    match p.estado() {
        EstadoPromesa::Vigente => true,
        EstadoPromesa::Rota => p.promesa.fecha.dias_hasta(as_of) <= MEMORIA,
        EstadoPromesa::Cumplida | EstadoPromesa::Anulada => false,
    }
}

/// What stays open of what a promise covers, by value date up to a day.
async fn open_by(c: &impl Consulta, p: &Prometido, al: Fecha) -> Result<i64, Error> {
    let mut abierto = 0_i64;
    for partida in &p.partidas {
        abierto = abierto.saturating_add(deuda::abierto_al(c, partida.factura_id, al).await?);
    }
    Ok(abierto)
}

async fn resolve(
    tx: &Tx,
    cx: &Cx,
    e: &Expediente,
    (p, ahora): (&Prometido, EstadoPromesa),
) -> Result<bool, Error> {
    let rectifica = p.estado() == EstadoPromesa::Rota;
    let motivo = rectifica.then_some("pago_anterior");
    let paso = (p.promesa.estado.as_str(), ahora.as_str());
    if !promesas::move_estado(tx, cx, p.promesa.id, paso, motivo).await? {
        return Ok(false);
    }
    settle_held(tx, cx, e, p.promesa.id, ahora).await?;
    let (promesa_id, cliente_id, fecha) = (p.promesa.id, e.cliente_id, p.promesa.fecha);
    if ahora == EstadoPromesa::Cumplida {
        tx.emit(cx, &PromesaCumplida { promesa_id, cliente_id, fecha }).await?;
        return Ok(true);
    }
    tx.emit(cx, &PromesaRota { promesa_id, cliente_id, fecha }).await?;
    let orden = Orden { asunto: Asunto::PromesaRota, objeto: promesa_id };
    let mut aviso = orden.to(e, None);
    aviso.dia = e.regla.1.siguiente_permitido(fecha);
    tell(tx, cx, &aviso).await?;
    Ok(true)
}
