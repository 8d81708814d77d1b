//! What later events do to fees: money that was paid in time (L3), invoices that were voided. Adds
//! no fee.

use ramal_base::Cx;
use ramal_db::{Consulta, Tx, params};
use uuid::Uuid;

use super::EstadoRecargo;
use super::actos::forgive;
use crate::Error;
use crate::storage::recargos;

/// Why a fee is given back when the money turns out to be in time.
const PAGADA_A_TIEMPO: &str = "Pagada dentro del plazo";

/// Forgives the late fees of an invoice that turns out to be paid in time: what it had open without
/// fees is covered by money whose value date is not after its due day (L3).
pub(crate) async fn review(tx: &Tx, cx: &Cx, factura: Uuid) -> Result<(), Error> {
    let suyos = recargos::of_factura(tx, factura).await?;
    if suyos.is_empty() {
        return Ok(());
    }
    const SQL: &str = "SELECT CAST(COALESCE(SUM(l.cobrable - l.rebajado - COALESCE((\
            SELECT SUM(i.monto) FROM imputaciones i WHERE i.factura_id = l.factura_id \
            AND i.linea = l.linea AND i.fecha_valor <= f.vencimiento), 0)), 0) AS BIGINT) \
        FROM factura_lineas l JOIN facturas f ON f.id = l.factura_id WHERE f.id = $1 \
        AND l.clase NOT IN ('recargo', 'reconexion', 'interes')";
    let tarde: i64 = tx.scalar(SQL, params![factura]).await?.unwrap_or(0);
    if tarde > 0 {
        return Ok(());
    }
    for fila in suyos.iter().filter(|f| f.clase != "reconexion") {
        forgive(tx, cx, fila, PAGADA_A_TIEMPO).await?;
    }
    Ok(())
}

/// Lets go of the fees of a voided invoice: they wait for the next one, or are forgiven with it.
pub(crate) async fn release(tx: &Tx, factura: Uuid, motivo: Option<&str>) -> Result<(), Error> {
    for fila in recargos::charged_on(tx, factura).await? {
        match motivo {
            None => recargos::reopen(tx, fila.id).await?,
            Some(m) => {
                recargos::set_estado(tx, fila.id, (EstadoRecargo::Condonado, Some(m))).await?;
            }
        }
    }
    Ok(())
}
