//! Refunds asked for. What the ledger posts comes from the payment as the gateway tells it, never
//! from here.

use ramal_base::{Cx, Id, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};

use crate::CobroId;

/// Marker of ids of refunds.
pub struct DevolucionMarca;

/// Identifier of a refund; its idempotency key at the gateway.
pub type DevolucionId = Id<DevolucionMarca>;

/// A refund as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Devolucion {
    /// Identifier.
    pub id: DevolucionId,
    /// Cobro given back.
    pub cobro_id: CobroId,
    /// Code of the gateway.
    pub pasarela: String,
    /// Payment given back, at the gateway.
    pub referencia: String,
    /// Amount, minor units.
    pub monto: i64,
    /// Why.
    pub motivo: String,
    /// `pedida`, `incierta`, `en_proceso`, `hecha` or `rechazada`.
    pub estado: String,
    /// What the gateway said when it refused.
    pub falla: Option<String>,
    /// When it was asked for.
    pub creado: Instante,
}

const COLUMNAS: &str = "id, cobro_id, pasarela, referencia, monto, motivo, estado, falla, creado";

/// Writes a new one.
pub async fn insert(tx: &Tx, cx: &Cx, d: &Devolucion) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO cobro_devoluciones (id, cobro_id, pasarela, referencia, monto, \
        motivo, estado, actor, creado, actualizado) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    let fila = params![
        d.id,
        d.cobro_id,
        d.pasarela.as_str(),
        d.referencia.as_str(),
        d.monto,
        d.motivo.as_str(),
        d.estado.as_str(),
        cx.actor(),
        d.creado
    ];
    tx.exec(SQL, fila).await.map(|_| ())
}

/// One refund.
pub async fn by_id(c: &impl Consulta, id: DevolucionId) -> Result<Option<Devolucion>, DbError> {
    c.opt(&format!("SELECT {COLUMNAS} FROM cobro_devoluciones WHERE id = $1"), params![id]).await
}

/// Keeps how a refund stands.
pub async fn set_estado(
    tx: &Tx,
    cx: &Cx,
    id: DevolucionId,
    (estado, remota, falla): (&str, Option<&str>, Option<&str>),
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cobro_devoluciones SET estado = $2, remota = COALESCE($3, remota), \
        falla = $4, actualizado = $5 WHERE id = $1";
    tx.exec(SQL, params![id, estado, remota, falla, cx.now()]).await.map(|_| ())
}

/// Refunds of a cobro, oldest first.
pub async fn of_cobro(c: &impl Consulta, id: CobroId) -> Result<Vec<Devolucion>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM cobro_devoluciones WHERE cobro_id = $1 ORDER BY id");
    c.all(&sql, params![id]).await
}

/// Refunds that nobody knows the end of, the oldest first.
pub async fn open(c: &impl Consulta, limite: i64) -> Result<Vec<DevolucionId>, DbError> {
    const SQL: &str = "SELECT id FROM cobro_devoluciones \
        WHERE estado IN ('pedida', 'incierta', 'en_proceso') ORDER BY id LIMIT $1";
    c.column(SQL, params![limite]).await
}

/// Amount of a payment that was asked back and not refused, minor units.
pub async fn asked_of(c: &impl Consulta, pasarela: &str, referencia: &str) -> Result<i64, DbError> {
    const SQL: &str = "SELECT CAST(COALESCE(SUM(monto), 0) AS BIGINT) FROM cobro_devoluciones \
        WHERE pasarela = $1 AND referencia = $2 AND estado <> 'rechazada'";
    Ok(c.scalar(SQL, params![pasarela, referencia]).await?.unwrap_or(0))
}
