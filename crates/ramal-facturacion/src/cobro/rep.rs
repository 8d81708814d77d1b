//! Which REP each application asks for, and what becomes of it when the application is undone
//! (facturacion.md Y9; cfdi.md 8.5, 9). Makes no document: that is a job.

use ramal_base::{Cx, Fecha, Id};
use ramal_cuenta::Abono;
use ramal_db::{Consulta, FromQueryResult, Tx, params};
use ramal_jobs::{NuevoTrabajo, enqueue};
use serde_json::json;
use uuid::Uuid;

use super::Abierta;
use crate::Error;
use crate::jobs::{TRABAJO_REP, TRABAJO_REP_BAJA};

/// Marker of ids of REPs asked for.
pub struct RepMarca;

/// REP asked for, as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct RepFila {
    pub(crate) id: Uuid,
    pub(crate) abono_id: Uuid,
    pub(crate) acto: Uuid,
    pub(crate) factura_id: Uuid,
    pub(crate) importe: i64,
    pub(crate) saldo_anterior: i64,
    pub(crate) fecha_pago: Fecha,
    pub(crate) forma_pago: String,
    pub(crate) operacion: Option<String>,
    pub(crate) estado: String,
    pub(crate) comprobante_id: Option<Uuid>,
}

const COLUMNAS: &str = "r.id, r.abono_id, r.acto, r.factura_id, r.importe, r.saldo_anterior, \
    r.fecha_pago, r.forma_pago, r.operacion, r.estado, r.comprobante_id";

/// Asks for the REP of an application of `importe` on an invoice that had `abierta.abierto` open.
pub(super) async fn ask(
    tx: &Tx,
    cx: &Cx,
    (abono, acto): (&Abono, Uuid),
    (abierta, importe): (&Abierta, i64),
) -> Result<(), Error> {
    let fila = RepFila {
        id: cx.new_id::<RepMarca>().uuid(),
        abono_id: abono.id,
        acto,
        factura_id: abierta.factura_id.uuid(),
        importe,
        saldo_anterior: abierta.abierto,
        fecha_pago: abono.fecha_valor,
        forma_pago: abono.forma_pago.clone().unwrap_or_else(|| "03".to_owned()),
        operacion: abono.operacion.clone(),
        estado: "pendiente".to_owned(),
        comprobante_id: None,
    };
    insert(tx, cx, &fila).await
}

async fn insert(tx: &Tx, cx: &Cx, r: &RepFila) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO reps (id, abono_id, acto, factura_id, importe, \
        saldo_anterior, fecha_pago, forma_pago, operacion, estado, creado) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pendiente', $10)";
    let valores = params![
        r.id,
        r.abono_id,
        r.acto,
        r.factura_id,
        r.importe,
        r.saldo_anterior,
        r.fecha_pago,
        r.forma_pago.as_str(),
        r.operacion.clone(),
        cx.now(),
    ];
    tx.exec(SQL, valores).await?;
    let trabajo = NuevoTrabajo::new(TRABAJO_REP, json!({ "factura_id": r.factura_id }));
    enqueue(tx, cx, trabajo.with_clave(r.id.to_string())).await.map_err(Error::from)
}

/// Puts the REP of an act in step with what is left of it: one not made yet shrinks or is dropped;
/// one made is cancelled, and what is left gets another.
pub(super) async fn shrink(tx: &Tx, cx: &Cx, (acto, factura): (Uuid, Uuid)) -> Result<(), Error> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM reps r WHERE r.acto = $1 AND r.factura_id = $2 \
         AND r.estado IN ('pendiente', 'emitido') ORDER BY r.id LIMIT 1"
    );
    let Some(vivo) = tx.opt::<RepFila>(&sql, params![acto, factura]).await? else {
        return Ok(());
    };
    const QUEDA: &str = "SELECT CAST(COALESCE(SUM(monto), 0) AS BIGINT) FROM imputaciones \
        WHERE factura_id = $1 AND acto = $2";
    let queda: i64 = tx.scalar(QUEDA, params![factura, acto]).await?.unwrap_or(0);
    if vivo.estado == "emitido" {
        set_estado(tx, vivo.id, "por_cancelar").await?;
        let trabajo = NuevoTrabajo::new(TRABAJO_REP_BAJA, json!({ "rep_id": vivo.id }));
        enqueue(tx, cx, trabajo.with_clave(vivo.id.to_string())).await?;
        if queda > 0 {
            let id: Id<RepMarca> = cx.new_id();
            insert(tx, cx, &RepFila { id: id.uuid(), importe: queda, ..vivo }).await?;
        }
        return Ok(());
    }
    if queda == 0 {
        return set_estado(tx, vivo.id, "sin_efecto").await;
    }
    const SQL: &str = "UPDATE reps SET importe = $2 WHERE id = $1";
    tx.exec(SQL, params![vivo.id, queda]).await?;
    Ok(())
}

/// Moves a REP to a state.
pub(crate) async fn set_estado(tx: &Tx, id: Uuid, estado: &str) -> Result<(), Error> {
    const SQL: &str = "UPDATE reps SET estado = $2 WHERE id = $1";
    tx.exec(SQL, params![id, estado]).await?;
    Ok(())
}

/// Says which document is the REP.
pub(crate) async fn set_emitido(
    tx: &Tx,
    id: Uuid,
    (comprobante, parcialidad): (Uuid, i32),
) -> Result<(), Error> {
    const SQL: &str = "UPDATE reps SET estado = 'emitido', comprobante_id = $2, \
        parcialidad = $3 WHERE id = $1";
    tx.exec(SQL, params![id, comprobante, parcialidad]).await?;
    Ok(())
}

/// REPs of an invoice that wait to be made, in order: those asked for, and those whose document was
/// refused.
pub(crate) async fn pending(c: &impl Consulta, factura: Uuid) -> Result<Vec<RepFila>, Error> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM reps r LEFT JOIN comprobantes k ON k.id = r.comprobante_id \
         WHERE r.factura_id = $1 AND (r.estado = 'pendiente' \
         OR r.estado = 'emitido' AND k.estado = 'rechazado') ORDER BY r.id"
    );
    c.all(&sql, params![factura]).await.map_err(Error::from)
}

/// REPs of an invoice whose document stands: the instalments already told.
pub(crate) async fn standing(c: &impl Consulta, factura: Uuid) -> Result<i64, Error> {
    const SQL: &str = "SELECT COUNT(*) FROM reps r JOIN comprobantes k ON k.id = r.comprobante_id \
        WHERE r.factura_id = $1 AND r.estado = 'emitido' AND k.estado NOT IN ('rechazado', 'baja')";
    Ok(c.scalar(SQL, params![factura]).await?.unwrap_or(0))
}

/// One REP.
pub(crate) async fn by_id(c: &impl Consulta, id: Uuid) -> Result<Option<RepFila>, Error> {
    let sql = format!("SELECT {COLUMNAS} FROM reps r WHERE r.id = $1");
    c.opt(&sql, params![id]).await.map_err(Error::from)
}
