//! SQL of the voluntary pauses.

use ramal_base::{Fecha, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use super::ids_in;
use crate::nucleo::pausa::Lapso;

/// A pause as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PausaFila {
    /// Identifier.
    pub id: Uuid,
    /// The service.
    pub servicio_id: Uuid,
    /// Whose.
    pub cliente_id: Uuid,
    /// Day on which he asked.
    pub pedida: Fecha,
    /// First paused day.
    pub desde: Fecha,
    /// First day back.
    pub hasta: Fecha,
    /// `programada`, `terminada` or `anulada`.
    pub estado: String,
    /// Return fee that he was told of, minor units; 0 = none.
    pub cargo_monto: i64,
    /// Its currency.
    pub cargo_moneda: String,
    /// `ninguno`, `pendiente` or `cobrado`.
    pub cargo_estado: String,
    /// Who recorded it.
    pub actor: String,
    /// Notes.
    pub notas: Option<String>,
    /// When it was recorded.
    pub creada: Instante,
}

impl PausaFila {
    /// Its days.
    pub fn lapso(&self) -> Lapso {
        Lapso { desde: self.desde, hasta: self.hasta }
    }
}

const COLUMNAS: &str = "id, servicio_id, cliente_id, pedida, desde, hasta, estado, cargo_monto, \
    cargo_moneda, cargo_estado, actor, notas, creada";

/// Writes a pause.
pub async fn insert(tx: &Tx, p: &PausaFila) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO pausas (id, servicio_id, cliente_id, pedida, desde, hasta, \
        estado, cargo_monto, cargo_moneda, cargo_estado, actor, notas, creada) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let valores = params![
        p.id,
        p.servicio_id,
        p.cliente_id,
        p.pedida,
        p.desde,
        p.hasta,
        p.estado.as_str(),
        p.cargo_monto,
        p.cargo_moneda.as_str(),
        p.cargo_estado.as_str(),
        p.actor.as_str(),
        p.notas.clone(),
        p.creada,
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Pauses of a service that were not annulled, in order.
pub async fn of_servicio(c: &impl Consulta, servicio: Uuid) -> Result<Vec<PausaFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM pausas WHERE servicio_id = $1 AND estado <> 'anulada' \
         ORDER BY desde"
    );
    c.all(&sql, params![servicio]).await
}

/// Pauses of a customer, newest first, at most `limite`.
pub async fn latest(
    c: &impl Consulta,
    cliente: Uuid,
    limite: i64,
) -> Result<Vec<PausaFila>, DbError> {
    let sql =
        format!("SELECT {COLUMNAS} FROM pausas WHERE cliente_id = $1 ORDER BY id DESC LIMIT $2");
    c.all(&sql, params![cliente, limite]).await
}

/// Scheduled pauses whose last day has passed, by day of return.
pub async fn ended(c: &impl Consulta, hoy: Fecha, limite: i64) -> Result<Vec<PausaFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS} FROM pausas WHERE estado = 'programada' AND hasta <= $1 \
         ORDER BY hasta, id LIMIT $2"
    );
    c.all(&sql, params![hoy, limite]).await
}

/// One pause, its row locked until the end of the transaction.
pub async fn lock(tx: &Tx, id: Uuid) -> Result<Option<PausaFila>, DbError> {
    let cierre = tx.motor().for_update();
    let sql = format!("SELECT {COLUMNAS} FROM pausas WHERE id = $1{cierre}");
    tx.opt(&sql, params![id]).await
}

/// Ends a scheduled pause on a day, with the state of its fee; false if it had ended.
pub async fn finish(
    tx: &Tx,
    id: Uuid,
    (estado, hasta): (&str, Fecha),
    cargo: &str,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE pausas SET estado = $2, hasta = $3, cargo_estado = $4 \
        WHERE id = $1 AND estado = 'programada'";
    Ok(tx.exec(SQL, params![id, estado, hasta, cargo]).await? == 1)
}

/// Scheduled pauses of these services.
pub async fn live_of(c: &impl Consulta, servicios: &[Uuid]) -> Result<Vec<PausaFila>, DbError> {
    if servicios.is_empty() {
        return Ok(Vec::new());
    }
    let (lista, ids) = ids_in(1, servicios);
    let sql = format!(
        "SELECT {COLUMNAS} FROM pausas WHERE estado = 'programada' AND servicio_id IN {lista} \
         ORDER BY desde"
    );
    c.all(&sql, ids).await
}
