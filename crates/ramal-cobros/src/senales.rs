//! What collections asks before a cut: whether money of a customer may be on its way, and whether
//! the gateways were heard lately. It cuts nobody.

use ramal_base::Instante;
use ramal_db::{Consulta, DbError, params};
use uuid::Uuid;

use crate::storage::{cuarentena, senales};

pub use crate::storage::senales::Senal;

const HORA_MS: i64 = 3_600_000;
/// How long a cobro whose person came back from the gateway may hold a cut.
const REGRESO_MS: i64 = 24 * HORA_MS;
/// How long a reference of a shop or a bank may hold a cut: a shop tells the next working day.
const REFERENCIA_MS: i64 = 24 * HORA_MS;

/// Whether money of a customer may be on its way: a payment in process, a request in doubt, a
/// person who came back from the gateway, a young reference of a shop or a bank, or a payment that
/// waits for a person to say whose it is.
///
/// A page that nobody opened holds nothing, or a link a day would put off every cut.
pub async fn en_curso(c: &impl Consulta, cliente: Uuid, ahora: Instante) -> Result<bool, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM cobros WHERE cliente_id = $1 AND ( \
        estado IN ('en_proceso', 'incierto') \
        OR estado = 'pendiente' AND regreso >= $2 \
        OR estado = 'pendiente' AND medio IN ('spei', 'oxxo', 'pagoefectivo') AND creado >= $3)";
    let (regreso, creado) = (ahora.plus_millis(-REGRESO_MS), ahora.plus_millis(-REFERENCIA_MS));
    let n: Option<i64> = c.scalar(SQL, params![cliente, regreso, creado]).await?;
    Ok(n.unwrap_or(0) > 0 || cuarentena::has_waiting_of(c, cliente).await?)
}

/// When the quietest of the gateways was last heard, by a notice or by an answer; `None` if one of
/// them never was, or none is known.
pub async fn ultima_senal(c: &impl Consulta) -> Result<Option<Instante>, DbError> {
    let todas = senales::all(c).await?;
    let oidas: Option<Vec<Instante>> = todas.iter().map(|s| s.aviso.max(s.consulta)).collect();
    Ok(oidas.and_then(|lista| lista.into_iter().min()))
}

/// Signals of every gateway.
pub async fn senales(c: &impl Consulta) -> Result<Vec<Senal>, DbError> {
    senales::all(c).await
}
