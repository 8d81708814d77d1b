//! Sending once more what stopped. The bytes are the frozen ones: a repair of the data is another
//! document.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_jobs::enqueue;
use ramal_plataforma::{Registro, audit};

use crate::envio::retry_job;
use crate::storage::{self, Cambio};
use crate::{ComprobanteId, Error, Estado};

/// Puts a stopped document back in the queue with the same bytes.
///
/// Errors: `NotFound`; `Estado` unless it is `excepcion`, `incierto`, `pausado` or still queued.
pub async fn retry_comprobante(tx: &Tx, cx: &Cx, id: ComprobanteId) -> Result<(), Error> {
    let causa = cx.new_id::<Cambio<'static>>().to_string();
    retry_because(tx, cx, id, &causa).await
}

/// As [`retry_comprobante`]; a second send for the same cause is not asked for while the first
/// waits.
pub(crate) async fn retry_because(
    tx: &Tx,
    cx: &Cx,
    id: ComprobanteId,
    causa: &str,
) -> Result<(), Error> {
    let fila = storage::lock(tx, id).await?.ok_or(Error::NotFound)?;
    let estado = fila.estado()?;
    match estado {
        Estado::Excepcion | Estado::Incierto | Estado::Pausado => requeue(tx, cx, id).await?,
        Estado::EnCola | Estado::Enviando => {}
        otro => return Err(Error::Estado(otro.as_str())),
    }
    enqueue(tx, cx, retry_job(id.uuid(), causa)).await?;
    audit(tx, cx, Registro::new("comprobante.reintentar", "comprobante", id)).await?;
    Ok(())
}

/// Back to the queue. What was uncertain stays so: it is consulted before it is sent.
pub(crate) async fn requeue(tx: &Tx, cx: &Cx, id: ComprobanteId) -> Result<(), Error> {
    let Some(fila) = storage::lock(tx, id).await? else { return Err(Error::NotFound) };
    let estado = match fila.estado()? {
        Estado::Incierto => Estado::Enviando,
        _ => Estado::EnCola,
    };
    let intento = fila.intentos;
    let cambio = Cambio { estado, codigo: None, mensaje: Some("Se vuelve a enviar."), intento };
    Ok(storage::change(tx, cx, id, &cambio).await?)
}
