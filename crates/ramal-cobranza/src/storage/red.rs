//! SQL of the desired and the observed state of each service at the network (S4).

use ramal_base::{Cx, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use super::ids_in;

/// The state of a service at the network as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct RedFila {
    /// The service.
    pub servicio_id: Uuid,
    /// Whose.
    pub cliente_id: Uuid,
    /// Desired: see [`crate::red::EstadoRed`].
    pub deseado: String,
    /// Since when it is desired.
    pub desde: Instante,
    /// What the network last said.
    pub observado: Option<String>,
    /// Whether a device said so, and not only our record.
    pub confirmado: bool,
    /// When it was last looked at.
    pub visto: Option<Instante>,
    /// Whether they differ.
    pub pendiente: bool,
    /// Tries since it is desired.
    pub intentos: i64,
    /// Why the last try failed.
    pub fallo: Option<String>,
    /// Grows by one with every change of what is desired.
    pub version: i64,
}

const COLUMNAS: &str = "servicio_id, cliente_id, deseado, desde, observado, confirmado, visto, \
    pendiente, intentos, fallo, version";

/// Desires a state; true if it was another. The same state changes nothing.
pub async fn desire(
    tx: &Tx,
    cx: &Cx,
    (servicio, cliente): (Uuid, Uuid),
    deseado: &str,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO estado_red (servicio_id, cliente_id, deseado, desde, \
        confirmado, pendiente, intentos, version) VALUES ($1, $2, $3, $4, FALSE, TRUE, 0, 1) \
        ON CONFLICT (servicio_id) DO UPDATE SET deseado = excluded.deseado, \
        desde = excluded.desde, pendiente = TRUE, intentos = 0, fallo = NULL, \
        confirmado = FALSE, version = estado_red.version + 1 \
        WHERE estado_red.deseado <> excluded.deseado";
    Ok(tx.exec(SQL, params![servicio, cliente, deseado, cx.now()]).await? == 1)
}

/// The state of a service.
pub async fn by_servicio(c: &impl Consulta, id: Uuid) -> Result<Option<RedFila>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM estado_red WHERE servicio_id = $1");
    c.opt(&sql, params![id]).await
}

/// States of these services.
pub async fn of_servicios(c: &impl Consulta, ids: &[Uuid]) -> Result<Vec<RedFila>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, valores) = ids_in(1, ids);
    let sql = format!("SELECT {COLUMNAS} FROM estado_red WHERE servicio_id IN {lista}");
    c.all(&sql, valores).await
}

/// Services whose states differ, by id after `cursor`.
pub async fn pending(
    c: &impl Consulta,
    cursor: Option<Uuid>,
    limite: i64,
) -> Result<Vec<Uuid>, DbError> {
    const SQL: &str = "SELECT servicio_id FROM estado_red WHERE pendiente = TRUE \
        AND servicio_id > $1 ORDER BY servicio_id LIMIT $2";
    c.column(SQL, params![cursor.unwrap_or(Uuid::nil()), limite]).await
}

/// Services that a device answered for and that were not looked at since an instant, the longest
/// ago first.
pub async fn unseen_since(
    c: &impl Consulta,
    antes: Instante,
    limite: i64,
) -> Result<Vec<Uuid>, DbError> {
    const SQL: &str = "SELECT servicio_id FROM estado_red WHERE visto < $1 AND confirmado = TRUE \
        ORDER BY visto LIMIT $2";
    c.column(SQL, params![antes, limite]).await
}

/// What the network said, for the version that was asked about.
#[derive(Clone, Copy, Debug)]
pub struct Vista<'a> {
    /// Observed state.
    pub observado: &'a str,
    /// Whether a device said so.
    pub confirmado: bool,
    /// Whether it differs from what is desired.
    pub pendiente: bool,
}

/// Records what the network said; false if something else is desired by now.
pub async fn observe(
    tx: &Tx,
    cx: &Cx,
    (servicio, version): (Uuid, i64),
    v: &Vista<'_>,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE estado_red SET observado = $3, confirmado = $4, pendiente = $5, \
        visto = $6, intentos = intentos + 1, fallo = NULL \
        WHERE servicio_id = $1 AND version = $2";
    let valores = params![servicio, version, v.observado, v.confirmado, v.pendiente, cx.now()];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// Records that the network could not be reached.
pub async fn failed(
    tx: &Tx,
    cx: &Cx,
    (servicio, version): (Uuid, i64),
    fallo: &str,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE estado_red SET intentos = intentos + 1, fallo = $3, visto = $4 \
        WHERE servicio_id = $1 AND version = $2";
    tx.exec(SQL, params![servicio, version, fallo, cx.now()]).await.map(|_| ())
}
