//! Resuming an emisor after certificate, credentials or balance were mended. It checks no mending:
//! the next answer of the authority does.

use ramal_base::Cx;
use ramal_db::{Consulta, Tx, params};
use ramal_jobs::enqueue;
use ramal_plataforma::{Registro, audit};
use uuid::Uuid;

use super::retry_comprobante::requeue;
use crate::envio::resume_job;
use crate::{ComprobanteId, Error};

/// Lifts the pause of an emisor: its paused documents go back to the queue.
///
/// Gives how many were paused. Repeating it is harmless. Errors: `Storage`.
pub async fn resume_emisor(tx: &Tx, cx: &Cx, emisor: Uuid) -> Result<u64, Error> {
    const SQL: &str = "SELECT id FROM comprobantes WHERE emisor_id = $1 AND estado = 'pausado'";
    let ids: Vec<Uuid> = tx.column(SQL, params![emisor]).await?;
    tx.exec("DELETE FROM fiscal_pausas WHERE emisor_id = $1", params![emisor]).await?;
    for id in &ids {
        requeue(tx, cx, ComprobanteId::from_uuid(*id)).await?;
    }
    enqueue(tx, cx, resume_job(emisor)).await?;
    audit(tx, cx, Registro::new("emisor.reanudar", "emisor", emisor)).await?;
    Ok(u64::try_from(ids.len()).unwrap_or(0))
}
