//! Notices as they arrived, before anybody understands them, and the counters of the refused ones.

use ramal_base::{Cx, Fecha, Id, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use ramal_pasarelas::{AvisoCrudo, AvisoVerificado};

use crate::CobroId;

/// Marker of webhook ids.
pub struct WebhookMarca;

/// Identifier of a stored webhook.
pub type WebhookId = Id<WebhookMarca>;

/// What a stored webhook needs to be processed.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Webhook {
    /// Identifier.
    pub id: WebhookId,
    /// Code of the gateway.
    pub proveedor: String,
    /// What it speaks of: `cobro`, `devolucion`, `contracargo`.
    pub clase: String,
    /// What to ask the gateway for.
    pub recurso: String,
    /// When it arrived.
    pub recibido: Instante,
    /// `recibido`, `procesado`, `repetido`, `cuarentena` or `muerto`.
    pub estado: String,
}

/// What there is to be kept of a verified notice.
#[derive(Clone, Copy)]
pub struct Llegada<'a> {
    /// Code of the gateway.
    pub proveedor: &'a str,
    /// Id under which it is kept: that of the event, or a variant when its body changed.
    pub evento_id: &'a str,
    /// Word of its class.
    pub clase: &'a str,
    /// SHA-256 of the body, hexadecimal.
    pub huella: &'a str,
    /// `recibido`, or `procesado` for what asks for nothing.
    pub estado: &'a str,
    /// What the signature vouches for.
    pub aviso: &'a AvisoVerificado,
    /// As it came.
    pub crudo: &'a AvisoCrudo,
}

/// Keeps a notice; `None` if one with its id is there already.
pub async fn insert(tx: &Tx, cx: &Cx, ll: &Llegada<'_>) -> Result<Option<WebhookId>, DbError> {
    const SQL: &str = "INSERT INTO webhooks_entrantes (id, proveedor, evento_id, clase, recurso, \
        momento, fuera_de_ventana, consulta, cabeceras, cuerpo, huella, recibido, veces, estado) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13) \
        ON CONFLICT (proveedor, evento_id) DO NOTHING";
    let id: WebhookId = cx.new_id();
    let cabeceras = serde_json::to_string(&ll.crudo.cabeceras)
        .map_err(|_| DbError::Corrupt("headers of a webhook"))?;
    let fila = params![
        id,
        ll.proveedor,
        ll.evento_id,
        ll.clase,
        ll.aviso.recurso.as_str(),
        ll.aviso.momento,
        ll.aviso.fuera_de_ventana,
        ll.crudo.consulta.as_str(),
        cabeceras,
        ll.crudo.cuerpo.clone(),
        ll.huella,
        ll.crudo.recibido,
        ll.estado
    ];
    Ok((tx.exec(SQL, fila).await? == 1).then_some(id))
}

/// SHA-256 of the body kept under an event id.
pub async fn huella_of(
    c: &impl Consulta,
    proveedor: &str,
    evento_id: &str,
) -> Result<Option<String>, DbError> {
    const SQL: &str =
        "SELECT huella FROM webhooks_entrantes WHERE proveedor = $1 AND evento_id = $2";
    c.scalar(SQL, params![proveedor, evento_id]).await
}

/// Counts one more delivery of an event.
pub async fn count_again(tx: &Tx, proveedor: &str, evento_id: &str) -> Result<(), DbError> {
    const SQL: &str = "UPDATE webhooks_entrantes SET veces = veces + 1 \
        WHERE proveedor = $1 AND evento_id = $2";
    tx.exec(SQL, params![proveedor, evento_id]).await.map(|_| ())
}

const COLUMNAS: &str = "id, proveedor, clase, recurso, recibido, estado";

/// A stored webhook.
pub async fn by_id(c: &impl Consulta, id: WebhookId) -> Result<Option<Webhook>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM webhooks_entrantes WHERE id = $1");
    c.opt(&sql, params![id]).await
}

/// Whether the payment that a webhook names was read from its gateway after it arrived.
pub async fn is_read_since(c: &impl Consulta, w: &Webhook) -> Result<bool, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM cobro_remotos \
        WHERE pasarela = $1 AND referencia = $2 AND leido > $3";
    let valores = params![w.proveedor.as_str(), w.recurso.as_str(), w.recibido];
    Ok(c.scalar::<i64>(SQL, valores).await?.unwrap_or(0) > 0)
}

/// Settles a webhook; one that is settled stays as it is, unless it was given up.
pub async fn settle(
    tx: &Tx,
    id: WebhookId,
    (estado, motivo, cobro): (&str, Option<&str>, Option<CobroId>),
    cuando: Instante,
) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE webhooks_entrantes SET estado = $2, motivo = $3, \
        cobro_id = COALESCE($4, cobro_id), procesado = $5 \
        WHERE id = $1 AND estado IN ('recibido', 'muerto')";
    tx.exec(SQL, params![id, estado, motivo, cobro, cuando]).await
}

/// Webhooks that nobody has processed since before an instant, the oldest first.
pub async fn forgotten(
    c: &impl Consulta,
    antes: Instante,
    limite: i64,
) -> Result<Vec<WebhookId>, DbError> {
    const SQL: &str = "SELECT id FROM webhooks_entrantes \
        WHERE estado = 'recibido' AND recibido < $1 ORDER BY id LIMIT $2";
    c.column(SQL, params![antes, limite]).await
}

/// Counts a refused notice.
pub async fn count_refused(
    tx: &Tx,
    (proveedor, motivo): (&str, &str),
    dia: Fecha,
    cuando: Instante,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO cobro_avisos_rechazados \
        (proveedor, motivo, dia, cuenta, ultimo) VALUES ($1, $2, $3, 1, $4) \
        ON CONFLICT (proveedor, motivo, dia) \
        DO UPDATE SET cuenta = cobro_avisos_rechazados.cuenta + 1, ultimo = excluded.ultimo";
    tx.exec(SQL, params![proveedor, motivo, dia, cuando]).await.map(|_| ())
}

/// A counter of refused notices.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Rechazo {
    /// Code of the gateway that they claimed to come from.
    pub proveedor: String,
    /// Why: label of the counter.
    pub motivo: String,
    /// How many.
    pub total: i64,
}

/// Counters of refused notices since a day.
pub async fn refused(c: &impl Consulta, desde: Option<Fecha>) -> Result<Vec<Rechazo>, DbError> {
    const SQL: &str = "SELECT proveedor, motivo, CAST(SUM(cuenta) AS BIGINT) AS total \
        FROM cobro_avisos_rechazados WHERE dia >= $1 \
        GROUP BY proveedor, motivo ORDER BY proveedor, motivo";
    const TODOS: &str = "SELECT proveedor, motivo, CAST(SUM(cuenta) AS BIGINT) AS total \
        FROM cobro_avisos_rechazados GROUP BY proveedor, motivo ORDER BY proveedor, motivo";
    match desde {
        Some(dia) => c.all(SQL, params![dia]).await,
        None => c.all(TODOS, params![]).await,
    }
}

/// Webhooks of one gateway in one state.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Conteo {
    /// Code of the gateway.
    pub proveedor: String,
    /// State.
    pub estado: String,
    /// How many.
    pub total: i64,
}

/// Counts by gateway and state.
pub async fn counts(c: &impl Consulta) -> Result<Vec<Conteo>, DbError> {
    const SQL: &str = "SELECT proveedor, estado, COUNT(*) AS total FROM webhooks_entrantes \
        GROUP BY proveedor, estado ORDER BY proveedor, estado";
    c.all(SQL, params![]).await
}

/// Forgets the notices settled before an instant; gives how many.
pub async fn purge(tx: &Tx, antes: Instante) -> Result<u64, DbError> {
    const SQL: &str = "DELETE FROM webhooks_entrantes WHERE recibido < $1 \
        AND estado IN ('procesado', 'repetido')";
    tx.exec(SQL, params![antes]).await
}
