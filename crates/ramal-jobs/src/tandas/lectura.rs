//! Bulk acts as people see them: the summary and the report, by pages. Changes nothing.

use ramal_base::Instante;
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, params};
use serde::Serialize;
use uuid::Uuid;

use super::{EstadoItem, EstadoTanda, TandaId};

/// A bulk act and how far it is.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct TandaResumen {
    /// Identifier.
    pub id: TandaId,
    /// Kind of action.
    pub tipo: String,
    /// Who asked for it.
    pub actor: String,
    /// Permission that looking at it takes.
    pub permiso: String,
    /// What is done, in words.
    pub titulo: String,
    /// Path and query of the list it was asked from.
    pub origen: String,
    /// Path of an object's page, with `{id}` or `{etiqueta}`; may be empty.
    pub destino: String,
    estado: String,
    /// Objects in all.
    pub total: i64,
    /// Objects done.
    pub hechos: i64,
    /// Objects left out.
    pub omitidos: i64,
    /// Objects that failed.
    pub fallidos: i64,
    /// When it was asked for.
    pub creada: Instante,
    /// When it last moved.
    pub avanzo: Instante,
}

impl TandaResumen {
    /// How far it is.
    pub fn estado(&self) -> EstadoTanda {
        EstadoTanda::read(&self.estado).unwrap_or(EstadoTanda::Detenida)
    }

    /// Objects whose turn has come.
    pub fn vistos(&self) -> i64 {
        self.hechos + self.omitidos + self.fallidos
    }

    /// Objects that wait.
    pub fn faltan(&self) -> i64 {
        (self.total - self.vistos()).max(0)
    }

    /// Path of the page of one of its objects; `None` if they have none.
    pub fn ruta_de(&self, item: &TandaItem) -> Option<String> {
        let con_id = || self.destino.replace("{id}", &item.objeto_id.to_string());
        (!self.destino.is_empty()).then(|| con_id().replace("{etiqueta}", &item.etiqueta))
    }
}

const COLUMNAS: &str = "id, tipo, actor, permiso, titulo, origen, destino, estado, total, hechos, \
    omitidos, fallidos, creada, avanzo";

/// A bulk act; `None` if there is no such one.
pub async fn tanda(c: &impl Consulta, id: TandaId) -> Result<Option<TandaResumen>, DbError> {
    c.opt(&format!("SELECT {COLUMNAS} FROM tandas WHERE id = $1"), params![id]).await
}

/// Bulk acts, newest first. An unreadable `cursor` begins at the newest.
pub async fn tandas_recientes(
    c: &impl Consulta,
    cursor: &Cursor,
) -> Result<Pagina<TandaResumen>, DbError> {
    let desde = cursor.cursor.as_deref().and_then(|c| c.parse().ok()).unwrap_or(Uuid::max());
    let sql = format!("SELECT {COLUMNAS} FROM tandas WHERE id < $1 ORDER BY id DESC LIMIT $2");
    let filas = c.all::<TandaResumen>(&sql, params![desde, cursor.filas()]).await?;
    Ok(Pagina::cut(filas, cursor, |t| t.id.to_string()))
}

/// An object of a bulk act and what became of it.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct TandaItem {
    /// Place in the line; the first is 0.
    pub orden: i64,
    /// The object.
    pub objeto_id: Uuid,
    /// How people call it.
    pub etiqueta: String,
    estado: String,
    /// Why it was left out or failed.
    pub motivo: Option<String>,
}

impl TandaItem {
    /// What became of it.
    pub fn estado(&self) -> EstadoItem {
        EstadoItem::parse(&self.estado).unwrap_or(EstadoItem::Pendiente)
    }
}

/// Objects of a bulk act in one state, in their order. An unreadable `cursor` begins at the first.
pub async fn item_page(
    c: &impl Consulta,
    id: TandaId,
    estado: EstadoItem,
    cursor: &Cursor,
) -> Result<Pagina<TandaItem>, DbError> {
    const SQL: &str = "SELECT orden, objeto_id, etiqueta, estado, motivo FROM tanda_items \
        WHERE tanda_id = $1 AND estado = $2 AND orden > $3 ORDER BY orden LIMIT $4";
    let desde: i64 = cursor.cursor.as_deref().and_then(|c| c.parse().ok()).unwrap_or(-1);
    let filas = params![id, estado.texto(), desde, cursor.filas()];
    let datos = c.all::<TandaItem>(SQL, filas).await?;
    Ok(Pagina::cut(datos, cursor, |i| i.orden.to_string()))
}
