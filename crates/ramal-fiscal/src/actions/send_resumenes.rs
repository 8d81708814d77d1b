//! Asking for the daily summary of a day (PE). The job builds and sends it.

use ramal_base::{Cx, Fecha};
use ramal_db::Tx;
use ramal_jobs::enqueue;
use uuid::Uuid;

use crate::Error;
use crate::lotes::{Pedido, gather_job};

/// Sends the boletas of `fecha` that wait for a summary, and its voids. Errors: `Storage`.
pub async fn send_resumenes(tx: &Tx, cx: &Cx, emisor: Uuid, fecha: Fecha) -> Result<(), Error> {
    for pedido in [Pedido::Alta, Pedido::BajaResumen, Pedido::BajaComunicada] {
        enqueue(tx, cx, gather_job(emisor, fecha, pedido)).await?;
    }
    Ok(())
}
