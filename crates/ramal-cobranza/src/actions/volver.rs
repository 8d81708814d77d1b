//! The end of a pause that reached its day: its row is closed and the return fee charged, if the
//! customer was told of it beforehand (S9). The contract came back by itself.

use ramal_base::{Cx, Fecha};
use ramal_db::Tx;
use uuid::Uuid;

use super::cargos::charge_pause;
use super::lock_cliente;
use crate::Error;
use crate::storage::pausas::{self, PausaFila};

/// Closes a pause whose day of return has come. Repeating it changes nothing.
pub async fn finish_pausa(tx: &Tx, cx: &Cx, id: Uuid, hoy: Fecha) -> Result<(), Error> {
    let Some(pausa) = pausas::lock(tx, id).await? else { return Ok(()) };
    if pausa.estado != "programada" || hoy < pausa.hasta {
        return Ok(());
    }
    lock_cliente(tx, pausa.cliente_id).await?;
    finish_on(tx, cx, &pausa, pausa.hasta).await
}

pub(crate) async fn finish_on(
    tx: &Tx,
    cx: &Cx,
    pausa: &PausaFila,
    hasta: Fecha,
) -> Result<(), Error> {
    let cobra = pausa.cargo_monto > 0;
    let cargo = if cobra { "cobrado" } else { "ninguno" };
    if pausas::finish(tx, pausa.id, ("terminada", hasta), cargo).await? && cobra {
        charge_pause(tx, cx, pausa).await?;
    }
    Ok(())
}
