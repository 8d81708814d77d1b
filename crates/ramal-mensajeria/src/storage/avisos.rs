//! Notes inside the program, for a cliente or a usuario.

use ramal_base::{Id, Instante};
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, Tx, params};
use serde::Serialize;
use uuid::Uuid;

use crate::{EnvioId, NotificacionId};

/// A note as it lies in the table.
#[derive(Clone, Debug, FromQueryResult, Serialize, utoipa::ToSchema)]
pub struct AvisoFila {
    /// Identificador.
    pub id: Uuid,
    /// Envío que lo llevó, si no era copia de otro canal.
    pub envio_id: Option<Uuid>,
    /// Título.
    pub titulo: String,
    /// Texto.
    pub texto: String,
    /// Rótulo de su botón.
    pub boton: Option<String>,
    /// Qué abre el botón.
    pub enlace: Option<String>,
    /// Cuándo llegó.
    #[schema(value_type = String, format = DateTime)]
    pub creado: Instante,
    /// Cuándo se leyó.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub leido: Option<Instante>,
}

/// Whose notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dueno {
    /// Of a cliente.
    Cliente(Uuid),
    /// Of a usuario.
    Usuario(Uuid),
}

impl Dueno {
    fn columna(self) -> (&'static str, Uuid) {
        match self {
            Dueno::Cliente(id) => ("cliente_id", id),
            Dueno::Usuario(id) => ("usuario_id", id),
        }
    }
}

/// A note to write.
pub struct NuevoAviso {
    /// Identifier.
    pub id: Uuid,
    /// Notification; one note each.
    pub notificacion_id: NotificacionId,
    /// Envio, if it is no copy.
    pub envio_id: Option<EnvioId>,
    /// Cliente.
    pub cliente_id: Option<Uuid>,
    /// Usuario.
    pub usuario_id: Option<Uuid>,
    /// Title.
    pub titulo: String,
    /// Text.
    pub texto: String,
    /// Label and address of its button.
    pub boton: Option<(String, String)>,
    /// When.
    pub creado: Instante,
}

/// Writes a note unless its notification has one.
pub async fn put(tx: &Tx, a: NuevoAviso) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO avisos_app (id, notificacion_id, envio_id, cliente_id, \
        usuario_id, titulo, texto, boton, enlace, creado) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    let (boton, enlace) = a.boton.unzip();
    let valores = params![
        a.id,
        a.notificacion_id,
        a.envio_id,
        a.cliente_id,
        a.usuario_id,
        a.titulo,
        a.texto,
        boton,
        enlace,
        a.creado
    ];
    tx.exec(SQL, valores).await.map(|_| ())
}

/// Notes of somebody, the newest first.
pub async fn list(
    c: &impl Consulta,
    dueno: Dueno,
    cursor: &Cursor,
) -> Result<Pagina<AvisoFila>, DbError> {
    let (columna, id) = dueno.columna();
    let desde = cursor.cursor.as_deref().and_then(|c| c.parse::<Uuid>().ok());
    let sql = format!(
        "SELECT id, envio_id, titulo, texto, boton, enlace, creado, leido FROM avisos_app \
         WHERE {columna} = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
    );
    let hasta = desde.unwrap_or(Uuid::max());
    let filas = c.all::<AvisoFila>(&sql, params![id, hasta, cursor.filas()]).await?;
    Ok(Pagina::cut(filas, cursor, |a| a.id.to_string()))
}

/// How many are not read; at most 100.
pub async fn unread(c: &impl Consulta, dueno: Dueno) -> Result<i64, DbError> {
    let (columna, id) = dueno.columna();
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT 1 AS uno FROM avisos_app \
         WHERE {columna} = $1 AND leido IS NULL LIMIT 100) t"
    );
    Ok(c.scalar(&sql, params![id]).await?.unwrap_or(0))
}

/// Marks a note of somebody as read; gives its envio if this was the first time.
pub async fn read(
    tx: &Tx,
    dueno: Dueno,
    aviso: Id<AvisoFila>,
    ahora: Instante,
) -> Result<Option<EnvioId>, DbError> {
    let (columna, id) = dueno.columna();
    let sql = format!(
        "UPDATE avisos_app SET leido = $1 WHERE id = $2 AND {columna} = $3 AND leido IS NULL \
         RETURNING envio_id"
    );
    tx.scalar(&sql, params![ahora, aviso, id]).await
}
