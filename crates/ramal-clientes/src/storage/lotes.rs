//! SQL of the acts on many customers at once: which rows each one changed, so that it can be taken
//! back. It keeps no filter.

use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::ClienteId;

/// A customer that an act changed, with the version that it left.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct FilaLote {
    /// The customer.
    pub cliente_id: ClienteId,
    /// Version after the act.
    pub version: i64,
}

/// Notes the customers that an act changed.
pub async fn insert_lote(tx: &Tx, lote: Uuid, filas: &[FilaLote]) -> Result<(), DbError> {
    let mut bulk = Bulk::new("clientes_lotes", &["lote_id", "cliente_id", "version"]);
    for fila in filas {
        bulk.push([lote.into(), fila.cliente_id.into(), fila.version.into()]);
    }
    bulk.insert(tx).await.map(|_| ())
}

/// Customers that an act changed, in order of id, at most `limite`.
pub async fn lote(c: &impl Consulta, lote: Uuid, limite: i64) -> Result<Vec<FilaLote>, DbError> {
    const SQL: &str = "SELECT cliente_id, version FROM clientes_lotes WHERE lote_id = $1 \
        ORDER BY cliente_id LIMIT $2";
    c.all(SQL, params![lote, limite]).await
}

/// Forgets one customer of an act, because it was taken back or somebody changed it since.
pub async fn delete_lote_fila(tx: &Tx, lote: Uuid, cliente: ClienteId) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM clientes_lotes WHERE lote_id = $1 AND cliente_id = $2";
    tx.exec(SQL, params![lote, cliente]).await.map(|_| ())
}
