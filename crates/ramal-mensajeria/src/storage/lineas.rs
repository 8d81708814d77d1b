//! Lines of WhatsApp, their stops, their pace, and the 24-hour windows. It decides nothing about
//! who may leave.

use ramal_base::{Id, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::telefono;

/// A line: a number of the company at WhatsApp.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Linea {
    /// Identifier.
    pub id: Uuid,
    /// Name for people.
    pub nombre: String,
    /// Number as people see it.
    pub numero: String,
    /// Identifier of the number at Meta.
    pub telefono_id: String,
    /// Business account at Meta.
    pub cuenta_id: String,
    /// Version of the Graph API.
    pub version_graph: String,
    /// Where Meta is, or its emulator.
    pub base_url: String,
    /// Whether messages leave through it.
    pub activa: bool,
    /// Messages per second.
    pub por_segundo: i32,
    /// When somebody last wrote to it.
    pub ultimo_entrante: Option<Instante>,
    /// Grows with every edit.
    pub version: i64,
    /// When it was made.
    pub creado: Instante,
}

/// Marker of line ids.
pub type LineaId = Id<Linea>;

const COLUMNAS: &str = "id, nombre, numero, telefono_id, cuenta_id, version_graph, base_url, \
    activa, por_segundo, ultimo_entrante, version, creado";

impl Linea {
    /// Key of its stops and of its pace.
    pub fn clave(&self) -> String {
        line_key(self.id)
    }

    /// Name of one of its sealed secrets: `token`, `app_secret`, `app_secret_anterior`,
    /// `verify_token`.
    pub fn secreto(&self, cual: &str) -> String {
        format!("linea/{}/{cual}", self.id)
    }

    /// Milliseconds between two of its messages.
    pub fn ritmo_ms(&self) -> i64 {
        1000 / i64::from(self.por_segundo.clamp(1, 80))
    }
}

/// Key of the stops and of the pace of a line.
pub fn line_key(id: Uuid) -> String {
    format!("linea/{id}")
}

/// Key of the stops and of the pace of the mailbox.
pub const CORREO: &str = "correo";

/// Every line, oldest first.
pub async fn lineas(c: &impl Consulta) -> Result<Vec<Linea>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM lineas ORDER BY id LIMIT 100");
    c.all(&sql, params![]).await
}

/// The line through which messages leave: the oldest active one.
pub async fn outgoing(c: &impl Consulta) -> Result<Option<Linea>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM lineas WHERE activa = TRUE ORDER BY id LIMIT 1");
    c.opt(&sql, params![]).await
}

/// One line.
pub async fn linea(c: &impl Consulta, id: Uuid) -> Result<Option<Linea>, DbError> {
    c.opt(&format!("SELECT {COLUMNAS} FROM lineas WHERE id = $1"), params![id]).await
}

/// The line that Meta calls so.
pub async fn by_telefono(c: &impl Consulta, telefono: &str) -> Result<Option<Linea>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM lineas WHERE telefono_id = $1");
    c.opt(&sql, params![telefono]).await
}

/// Holds every line until the end of the transaction: deliveries are read one at a time, because
/// two that tell of the same messages would wait for each other.
pub async fn hold_all(tx: &Tx) -> Result<(), DbError> {
    let sql = format!("SELECT id FROM lineas ORDER BY id{}", tx.motor().for_update());
    tx.column::<Uuid>(&sql, params![]).await.map(|_| ())
}

/// Writes a line over the version that was read; `false` if somebody wrote in between.
pub async fn save(tx: &Tx, l: &Linea) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO lineas (id, nombre, numero, telefono_id, cuenta_id, \
        version_graph, base_url, activa, por_segundo, version, creado) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO UPDATE SET \
        nombre = excluded.nombre, numero = excluded.numero, telefono_id = excluded.telefono_id, \
        cuenta_id = excluded.cuenta_id, version_graph = excluded.version_graph, \
        base_url = excluded.base_url, activa = excluded.activa, \
        por_segundo = excluded.por_segundo, version = excluded.version \
        WHERE lineas.version = $12";
    let valores = params![
        l.id,
        l.nombre.as_str(),
        l.numero.as_str(),
        l.telefono_id.as_str(),
        l.cuenta_id.as_str(),
        l.version_graph.as_str(),
        l.base_url.as_str(),
        l.activa,
        l.por_segundo,
        l.version + 1,
        l.creado,
        l.version
    ];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// Somebody wrote to the line.
pub async fn mark_heard(tx: &Tx, id: Uuid, momento: Instante) -> Result<(), DbError> {
    const SQL: &str = "UPDATE lineas SET ultimo_entrante = $1 WHERE id = $2 \
        AND (ultimo_entrante IS NULL OR ultimo_entrante < $3)";
    tx.exec(SQL, params![momento, id, momento]).await.map(|_| ())
}

/// A stop: nothing leaves until a person says so.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Detencion {
    /// `linea/<id>` or `correo`.
    pub clave: String,
    /// Code of the provider.
    pub codigo: String,
    /// What the provider said.
    pub motivo: String,
    /// Since when.
    pub desde: Instante,
}

/// Everything that is stopped.
pub async fn detenciones(c: &impl Consulta) -> Result<Vec<Detencion>, DbError> {
    c.all("SELECT clave, codigo, motivo, desde FROM detenciones ORDER BY clave", params![]).await
}

/// Whether it is stopped.
pub async fn is_stopped(c: &impl Consulta, clave: &str) -> Result<bool, DbError> {
    let hay: Option<String> =
        c.scalar("SELECT clave FROM detenciones WHERE clave = $1", params![clave]).await?;
    Ok(hay.is_some())
}

/// Stops it; `false` if it was stopped already.
pub async fn stop(tx: &Tx, d: &Detencion) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO detenciones (clave, codigo, motivo, desde) \
        VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let valores = params![d.clave.as_str(), d.codigo.as_str(), d.motivo.as_str(), d.desde];
    Ok(tx.exec(SQL, valores).await? == 1)
}

/// Lets it go on; `false` if it was not stopped.
pub async fn resume(tx: &Tx, clave: &str) -> Result<bool, DbError> {
    Ok(tx.exec("DELETE FROM detenciones WHERE clave = $1", params![clave]).await? == 1)
}

/// When the window of somebody with a line closes, if it was ever open.
pub async fn window(
    c: &impl Consulta,
    linea: Uuid,
    usuario: &str,
) -> Result<Option<Instante>, DbError> {
    const SQL: &str = "SELECT hasta FROM ventanas WHERE linea_id = $1 AND usuario = $2";
    c.scalar(SQL, params![linea, telefono::key(usuario)]).await
}

/// Opens or prolongs a window; an older message shortens nothing.
pub async fn open_window(
    tx: &Tx,
    linea: Uuid,
    usuario: &str,
    hasta: Instante,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO ventanas (linea_id, usuario, hasta) VALUES ($1, $2, $3) \
        ON CONFLICT (linea_id, usuario) DO UPDATE SET hasta = excluded.hasta \
        WHERE ventanas.hasta < excluded.hasta";
    tx.exec(SQL, params![linea, telefono::key(usuario), hasta]).await.map(|_| ())
}

/// The provider says that the window is closed.
pub async fn close_window(
    tx: &Tx,
    linea: Uuid,
    usuario: &str,
    ahora: Instante,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE ventanas SET hasta = $1 WHERE linea_id = $2 AND usuario = $3 \
        AND hasta > $4";
    tx.exec(SQL, params![ahora, linea, telefono::key(usuario), ahora]).await.map(|_| ())
}

/// The instant from which a pace is free; `None` if nothing ever took it.
pub async fn free_from(c: &impl Consulta, clave: &str) -> Result<Option<Instante>, DbError> {
    c.scalar("SELECT libre FROM ritmos WHERE clave = $1", params![clave]).await
}

/// Takes a pace until `libre`. The row stays locked until the end of the transaction.
pub async fn occupy(tx: &Tx, clave: &str, libre: Instante) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO ritmos (clave, libre) VALUES ($1, $2) \
        ON CONFLICT (clave) DO UPDATE SET libre = CASE WHEN ritmos.libre > excluded.libre \
        THEN ritmos.libre ELSE excluded.libre END";
    tx.exec(SQL, params![clave, libre]).await.map(|_| ())
}

/// Locks a pace, making its row if it is not there, and gives the instant from which it is free.
pub async fn lock_pace(tx: &Tx, clave: &str, ahora: Instante) -> Result<Instante, DbError> {
    const SQL: &str = "INSERT INTO ritmos (clave, libre) VALUES ($1, $2) \
        ON CONFLICT (clave) DO UPDATE SET libre = ritmos.libre RETURNING libre";
    Ok(tx.scalar(SQL, params![clave, ahora]).await?.unwrap_or(ahora))
}

/// Forgets the pairs that have been free for an hour.
pub async fn purge_paces(tx: &Tx, antes: Instante) -> Result<u64, DbError> {
    tx.exec("DELETE FROM ritmos WHERE libre < $1", params![antes]).await
}
