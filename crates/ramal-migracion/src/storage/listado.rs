//! SQL of the page of batches: filters, keyset, counts. It reads no report.

use ramal_base::Instante;
use ramal_db::{Consulta, Cursor, DbError, FromQueryResult, Pagina, Value, params};
use uuid::Uuid;

/// A batch of the list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LoteListado {
    /// Identifier.
    pub id: Uuid,
    /// Name of the source.
    pub archivo: String,
    /// Profile.
    pub perfil: String,
    /// Who will bill.
    pub emisor_id: Uuid,
    /// `en_curso`, `terminado` or `deshecho`.
    pub estado: String,
    /// Rows of the source.
    pub filas: i64,
    /// Rows that came in.
    pub importadas: i64,
    /// When it was opened.
    pub creado: Instante,
}

/// Filters of the list; all optional, combined with "and".
#[derive(Clone, Debug, Default)]
pub struct FiltroLotes {
    /// Part of the name of the source.
    pub buscar: Option<String>,
    /// State.
    pub estado: Option<String>,
    /// Profile.
    pub perfil: Option<String>,
}

impl FiltroLotes {
    /// The condition, with its values from `$1` on.
    fn donde(&self) -> (String, Vec<Value>) {
        let mut donde = vec!["1 = 1".to_owned()];
        let mut valores: Vec<Value> = Vec::new();
        let mut add = |condicion: &str, valor: Value| {
            valores.push(valor);
            donde.push(condicion.replace('?', &format!("${}", valores.len())));
        };
        if let Some(texto) = self.buscar.as_deref().filter(|t| !t.trim().is_empty()) {
            let literal = texto.trim().to_lowercase().replace(['%', '_', '\\'], " ");
            add("LOWER(archivo) LIKE ?", format!("%{literal}%").into());
        }
        if let Some(estado) = &self.estado {
            add("estado = ?", estado.as_str().into());
        }
        if let Some(perfil) = &self.perfil {
            add("perfil = ?", perfil.as_str().into());
        }
        (donde.join(" AND "), valores)
    }
}

/// A page of batches, the latest first.
pub async fn list_lotes(
    c: &impl Consulta,
    filtro: &FiltroLotes,
    cursor: &Cursor,
) -> Result<Pagina<LoteListado>, DbError> {
    let (mut donde, mut valores) = filtro.donde();
    if let Some((creado, id)) = cursor.cursor.as_deref().and_then(last_seen) {
        let n = valores.len();
        valores.extend(params![creado, id]);
        let (a, b) = (n + 1, n + 2);
        donde.push_str(&format!(" AND (creado < ${a} OR (creado = ${a} AND id < ${b}))"));
    }
    let sql = format!(
        "SELECT id, archivo, perfil, emisor_id, estado, filas, importadas, creado FROM lotes \
         WHERE {donde} ORDER BY creado DESC, id DESC LIMIT {}",
        cursor.filas()
    );
    let datos: Vec<LoteListado> = c.all(&sql, valores).await?;
    Ok(Pagina::cut(datos, cursor, |l| format!("{}.{}", l.creado.millis(), l.id)))
}

fn last_seen(cursor: &str) -> Option<(Instante, Uuid)> {
    let (millis, id) = cursor.split_once('.')?;
    Some((Instante::from_millis(millis.parse().ok()?), id.parse().ok()?))
}

/// How many batches match, up to 10,001.
pub async fn count_lotes(c: &impl Consulta, filtro: &FiltroLotes) -> Result<i64, DbError> {
    let (donde, valores) = filtro.donde();
    let sql =
        format!("SELECT COUNT(*) FROM (SELECT 1 AS uno FROM lotes WHERE {donde} LIMIT 10001) t");
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

#[derive(FromQueryResult)]
struct Cuenta {
    lote_id: Uuid,
    cuantas: i64,
}

/// Rows of each batch that stayed out in its last run.
pub async fn rechazadas_de(c: &impl Consulta, lotes: &[Uuid]) -> Result<Vec<(Uuid, i64)>, DbError> {
    if lotes.is_empty() {
        return Ok(Vec::new());
    }
    let lista = ramal_db::consulta::placeholders(1, lotes.len());
    let sql = format!(
        "SELECT lote_id, COUNT(*) AS cuantas FROM lote_filas \
         WHERE lote_id IN {lista} AND referencia IS NULL GROUP BY lote_id"
    );
    let valores = lotes.iter().map(|id| Value::from(*id)).collect();
    let cuentas: Vec<Cuenta> = c.all(&sql, valores).await?;
    Ok(cuentas.into_iter().map(|c| (c.lote_id, c.cuantas)).collect())
}

#[derive(FromQueryResult)]
struct Cruda {
    linea: i64,
    crudo: String,
}

/// The rows of a batch that stayed out, as they came, by line; at most 100,000.
pub async fn crudas(c: &impl Consulta, lote: Uuid) -> Result<Vec<(u64, String)>, DbError> {
    const SQL: &str = "SELECT linea, crudo FROM lote_filas \
        WHERE lote_id = $1 AND referencia IS NULL ORDER BY linea LIMIT 100000";
    let filas: Vec<Cruda> = c.all(SQL, params![lote]).await?;
    Ok(filas.into_iter().map(|f| (u64::try_from(f.linea).unwrap_or(0), f.crudo)).collect())
}
