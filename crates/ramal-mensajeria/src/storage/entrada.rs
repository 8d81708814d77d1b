//! What comes in from WhatsApp: raw deliveries, statuses, messages, refused deliveries.

use ramal_base::{Fecha, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::EnvioId;

/// Keeps a delivery as it came; `false` if the same bytes came before.
pub async fn keep_raw(
    tx: &Tx,
    id: Uuid,
    (huella, cuerpo): (&str, &[u8]),
    ahora: Instante,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO webhooks_whatsapp (id, huella, cuerpo, recibido, sin_linea) \
        VALUES ($1, $2, $3, $4, FALSE) ON CONFLICT DO NOTHING";
    Ok(tx.exec(SQL, params![id, huella, cuerpo.to_vec(), ahora]).await? == 1)
}

/// A delivery that waits to be read.
#[derive(Clone, FromQueryResult)]
pub struct CrudoFila {
    /// As it came.
    pub cuerpo: Vec<u8>,
    /// When it was read.
    pub procesado: Option<Instante>,
}

/// A delivery.
pub async fn raw(c: &impl Consulta, id: Uuid) -> Result<Option<CrudoFila>, DbError> {
    c.opt("SELECT cuerpo, procesado FROM webhooks_whatsapp WHERE id = $1", params![id]).await
}

/// It was read.
pub async fn mark_read(tx: &Tx, id: Uuid, sin_linea: bool, ahora: Instante) -> Result<(), DbError> {
    const SQL: &str = "UPDATE webhooks_whatsapp SET procesado = $1, sin_linea = $2 WHERE id = $3";
    tx.exec(SQL, params![ahora, sin_linea, id]).await.map(|_| ())
}

/// Forgets deliveries read before `antes`.
pub async fn purge_raw(tx: &Tx, antes: Instante) -> Result<u64, DbError> {
    const SQL: &str = "DELETE FROM webhooks_whatsapp WHERE recibido < $1 AND procesado IS NOT NULL";
    tx.exec(SQL, params![antes]).await
}

/// Counts a refused delivery.
pub async fn count_refused(
    tx: &Tx,
    proveedor: &str,
    motivo: &str,
    dia: Fecha,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO webhooks_rechazados (proveedor, motivo, dia, n) \
        VALUES ($1, $2, $3, 1) ON CONFLICT (proveedor, dia, motivo) \
        DO UPDATE SET n = webhooks_rechazados.n + 1";
    tx.exec(SQL, params![proveedor, motivo, dia]).await.map(|_| ())
}

/// Refused deliveries by reason, since a day.
pub async fn refused(
    c: &impl Consulta,
    proveedor: &str,
    desde: Fecha,
) -> Result<Vec<(String, i64)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        motivo: String,
        n: i64,
    }
    const SQL: &str = "SELECT motivo, CAST(SUM(n) AS BIGINT) AS n FROM webhooks_rechazados \
        WHERE proveedor = $1 AND dia >= $2 GROUP BY motivo ORDER BY motivo";
    let filas = c.all::<Fila>(SQL, params![proveedor, desde]).await?;
    Ok(filas.into_iter().map(|f| (f.motivo, f.n)).collect())
}

/// A status as Meta told it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct EstadoFila {
    /// Number of ours, at Meta.
    pub telefono_id: String,
    /// Message.
    pub wamid: String,
    /// `sent`, `delivered`, `read`, `failed`, …
    pub estado: String,
    /// When it happened.
    pub momento: Instante,
    /// Our reference, if it came back.
    pub marca: Option<String>,
    /// Code of the error.
    pub codigo: Option<i64>,
    /// What Meta said.
    pub detalle: Option<String>,
    /// Envio to which it belongs, once known.
    pub envio_id: Option<EnvioId>,
}

const COLUMNAS_ESTADO: &str =
    "telefono_id, wamid, estado, momento, marca, codigo, detalle, envio_id";

/// Writes a status. The same one told twice with two times keeps the earlier time, so that the
/// order of hearing does not matter. Gives whether it told anything new.
pub async fn put_estado(tx: &Tx, e: &EstadoFila, recibido: Instante) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO estados_whatsapp (telefono_id, wamid, estado, momento, marca, \
        codigo, detalle, recibido) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
        ON CONFLICT (telefono_id, wamid, estado) DO UPDATE SET momento = excluded.momento, \
        codigo = excluded.codigo, detalle = excluded.detalle \
        WHERE excluded.momento < estados_whatsapp.momento";
    let valores = params![
        e.telefono_id.as_str(),
        e.wamid.as_str(),
        e.estado.as_str(),
        e.momento,
        e.marca.clone(),
        e.codigo,
        e.detalle.clone(),
        recibido
    ];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// Everything told of a message.
pub async fn estados_of(c: &impl Consulta, wamid: &str) -> Result<Vec<EstadoFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS_ESTADO} FROM estados_whatsapp WHERE wamid = $1 ORDER BY estado LIMIT 20"
    );
    c.all(&sql, params![wamid]).await
}

/// The statuses of a message belong to an envio.
pub async fn attach(tx: &Tx, wamid: &str, envio: EnvioId) -> Result<(), DbError> {
    const SQL: &str =
        "UPDATE estados_whatsapp SET envio_id = $1 WHERE wamid = $2 AND envio_id IS NULL";
    tx.exec(SQL, params![envio, wamid]).await.map(|_| ())
}

/// Messages with statuses that no envio claims, heard since `desde`.
pub async fn parked(c: &impl Consulta, desde: Instante) -> Result<Vec<EstadoFila>, DbError> {
    let sql = format!(
        "SELECT {COLUMNAS_ESTADO} FROM estados_whatsapp \
         WHERE envio_id IS NULL AND recibido >= $1 ORDER BY recibido LIMIT 500"
    );
    c.all(&sql, params![desde]).await
}

/// A message that somebody wrote.
pub struct RecibidoNuevo {
    /// Identifier.
    pub id: Uuid,
    /// Number of ours, at Meta.
    pub telefono_id: String,
    /// Message.
    pub wamid: String,
    /// Who, as windows and oppositions name him.
    pub usuario: String,
    /// Type.
    pub tipo: String,
    /// Text, if it has one.
    pub texto: Option<String>,
    /// As it came.
    pub crudo: String,
    /// When it was written.
    pub momento: Instante,
    /// When it came.
    pub recibido: Instante,
}

/// Writes a message; `false` if it came before.
pub async fn put_recibido(tx: &Tx, m: &RecibidoNuevo) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO mensajes_recibidos (id, telefono_id, wamid, usuario, tipo, \
        texto, crudo, momento, recibido) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
        ON CONFLICT DO NOTHING";
    let valores = params![
        m.id,
        m.telefono_id.as_str(),
        m.wamid.as_str(),
        m.usuario.as_str(),
        m.tipo.as_str(),
        m.texto.clone(),
        m.crudo.as_str(),
        m.momento,
        m.recibido
    ];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// When somebody last wrote to us.
pub async fn last_word(c: &impl Consulta, usuario: &str) -> Result<Option<Instante>, DbError> {
    const SQL: &str = "SELECT MAX(momento) FROM mensajes_recibidos WHERE usuario = $1";
    c.scalar(SQL, params![usuario]).await
}
