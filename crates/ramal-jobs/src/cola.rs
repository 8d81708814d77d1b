//! The queue as the operator sees it: counts, dead letters, second chances. Runs no job.

use ramal_base::{Cx, Id, Instante};
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, Tx, Value, params};
use serde::Serialize;
use uuid::Uuid;

use crate::Trabajo;

/// Jobs of one kind in one state.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, Serialize)]
pub struct Conteo {
    /// Kind of job.
    pub tipo: String,
    /// `pendiente`, `en_curso` or `muerto`.
    pub estado: String,
    /// How many.
    pub cantidad: i64,
}

/// Counts by kind and state, in that order, for metrics. Done jobs are not kept, so not counted.
pub async fn conteos(c: &impl Consulta) -> Result<Vec<Conteo>, DbError> {
    const SQL: &str = "SELECT tipo, estado, COUNT(*) AS cantidad FROM trabajos \
        GROUP BY tipo, estado ORDER BY tipo, estado";
    c.all(SQL, params![]).await
}

/// When the waiting jobs of a kind with these dedupe keys run next: `(key, instant)`. Keys without
/// a waiting job are left out.
pub async fn proximos(
    c: &impl Consulta,
    tipo: &str,
    claves: &[String],
) -> Result<Vec<(String, Instante)>, DbError> {
    #[derive(FromQueryResult)]
    struct Fila {
        clave: String,
        proximo: Instante,
    }
    if claves.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT clave, proximo FROM trabajos \
         WHERE estado = 'pendiente' AND tipo = $1 AND clave IN {}",
        placeholders(2, claves.len())
    );
    let mut valores = params![tipo];
    valores.extend(claves.iter().map(|c| Value::from(c.as_str())));
    let filas = c.all::<Fila>(&sql, valores).await?;
    Ok(filas.into_iter().map(|f| (f.clave, f.proximo)).collect())
}

/// A job that was given up, with the reason.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct TrabajoMuerto {
    /// Identifier; what [`revive`] takes.
    pub id: Id<Trabajo>,
    /// Kind.
    pub tipo: String,
    /// Dedupe key, if any.
    pub clave: Option<String>,
    /// JSON text of what was asked.
    pub datos: String,
    /// Times that it was taken.
    pub intentos: i32,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// When it was asked for.
    pub creado: Instante,
}

/// Dead letters, oldest first. An unreadable `cursor` begins at the first.
pub async fn muertos(c: &impl Consulta, cursor: &Cursor) -> Result<Pagina<TrabajoMuerto>, DbError> {
    const SQL: &str = "SELECT id, tipo, clave, datos, intentos, error, creado FROM trabajos \
        WHERE estado = 'muerto' AND id > $1 ORDER BY id LIMIT $2";
    let desde = cursor.cursor.as_deref().and_then(|c| c.parse().ok()).unwrap_or(Uuid::nil());
    let filas = c.all::<TrabajoMuerto>(SQL, params![desde, cursor.filas()]).await?;
    Ok(Pagina::cut(filas, cursor, |t| t.id.to_string()))
}

/// Gives a dead letter all its attempts again, at once. `false` if there is no such dead letter.
pub async fn revive(tx: &Tx, cx: &Cx, id: Id<Trabajo>) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE trabajos SET estado = 'pendiente', intentos = 0, caidas = 0, \
        error = NULL, proximo = $1 WHERE id = $2 AND estado = 'muerto'";
    Ok(tx.exec(SQL, params![cx.now(), id]).await? == 1)
}
