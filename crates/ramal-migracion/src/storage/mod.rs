//! SQL of batches and their rows. Nothing outside this slice writes its tables.

pub mod listado;
pub mod subidas;

use std::collections::HashMap;

use ramal_base::Instante;
use ramal_clientes::ClienteId;
use ramal_contratos::ServicioId;
use ramal_db::{Bulk, Consulta, DbError, FromQueryResult, Tx, params};
use uuid::Uuid;

use crate::informe::Totales;

/// State of a batch whose rows are not all in yet.
pub const EN_CURSO: &str = "en_curso";
/// State of a batch that reached the end of its source.
pub const TERMINADO: &str = "terminado";
/// State of a batch taken back.
pub const DESHECHO: &str = "deshecho";

/// A batch as stored.
#[derive(Clone, Debug, FromQueryResult)]
pub struct FilaLote {
    /// Identifier.
    pub id: Uuid,
    /// `en_curso`, `terminado` or `deshecho`.
    pub estado: String,
    /// Last report, JSON; empty until the first end.
    pub informe: String,
    /// Rows brought in by all its runs.
    pub importadas: i64,
    /// Name of the source.
    pub archivo: String,
    /// When it was opened.
    pub creado: Instante,
}

/// A batch. Errors: `Storage`.
pub async fn lote(c: &impl Consulta, id: Uuid) -> Result<Option<FilaLote>, DbError> {
    let sql = "SELECT id, estado, informe, importadas, archivo, creado FROM lotes WHERE id = $1";
    c.opt(sql, params![id]).await
}

/// What identifies a batch when it is opened.
pub struct NuevoLote<'a> {
    /// Identifier.
    pub id: Uuid,
    /// SHA-256 of the source.
    pub huella: &'a str,
    /// Name of the source.
    pub archivo: &'a str,
    /// Profile.
    pub perfil: &'a str,
    /// Who will bill.
    pub emisor_id: Uuid,
    /// When.
    pub creado: Instante,
}

/// Opens a batch, or opens it again; what was said of rejected rows is forgotten.
pub async fn open_lote(tx: &Tx, n: &NuevoLote<'_>) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO lotes (id, huella, archivo, perfil, emisor_id, estado, filas, \
        importadas, ultima_linea, informe, creado) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, '', \
        $7) ON CONFLICT (id) DO UPDATE SET estado = excluded.estado, archivo = excluded.archivo";
    let valores = params![n.id, n.huella, n.archivo, n.perfil, n.emisor_id, EN_CURSO, n.creado];
    tx.exec(SQL, valores).await?;
    let sql = "DELETE FROM lote_filas WHERE lote_id = $1 AND referencia IS NULL";
    tx.exec(sql, params![n.id]).await.map(|_| ())
}

/// Moves the mark of how far a batch is.
pub async fn advance_lote(tx: &Tx, id: Uuid, filas: i64, linea: i64) -> Result<(), DbError> {
    let sql = "UPDATE lotes SET importadas = importadas + $2, ultima_linea = $3 WHERE id = $1";
    tx.exec(sql, params![id, filas, linea]).await.map(|_| ())
}

/// Closes a batch with its report.
pub async fn close_lote(
    tx: &Tx,
    id: Uuid,
    filas: i64,
    informe: &str,
    cuando: Instante,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE lotes SET estado = $2, filas = $3, informe = $4, terminado = $5 \
        WHERE id = $1";
    tx.exec(SQL, params![id, TERMINADO, filas, informe, cuando]).await.map(|_| ())
}

/// Marks a batch as taken back and forgets its rows.
pub async fn undo_lote(tx: &Tx, id: Uuid) -> Result<(), DbError> {
    tx.exec("DELETE FROM lote_filas WHERE lote_id = $1", params![id]).await?;
    let sql = "UPDATE lotes SET estado = $2, importadas = 0, ultima_linea = 0 WHERE id = $1";
    tx.exec(sql, params![id, DESHECHO]).await.map(|_| ())
}

/// What an imported row became.
#[derive(Clone, Copy, Debug)]
pub struct Conocida {
    /// Its customer.
    pub cliente_id: ClienteId,
    /// Its service.
    pub servicio_id: ServicioId,
}

/// A row of an earlier run and whose it is.
#[derive(Clone, Debug)]
pub struct FilaPrevia {
    /// What it became.
    pub hecha: Conocida,
    /// Key of the customer today, if the number is somebody's.
    pub identidad: Option<String>,
    /// Name of the customer today.
    pub razon_social: String,
}

impl FilaPrevia {
    /// Whether a row with this number and this name can be of the same customer: one of both may
    /// have been put right since, and not both at once.
    pub fn is_of(&self, identidad: Option<&str>, razon_social: &str) -> bool {
        let palabras = |t: &str| t.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        (identidad.is_some() && identidad == self.identidad.as_deref())
            || palabras(razon_social) == palabras(&self.razon_social)
    }
}

#[derive(FromQueryResult)]
struct FilaConocida {
    referencia: String,
    cliente_id: ClienteId,
    servicio_id: ServicioId,
    identidad: Option<String>,
    razon_social: String,
}

/// Every row that an emisor and profile have brought in, by its name in the source.
pub async fn conocidas(
    c: &impl Consulta,
    ambito: &str,
) -> Result<HashMap<String, FilaPrevia>, DbError> {
    const SQL: &str = "SELECT f.referencia, f.cliente_id, f.servicio_id, c.identidad, \
        c.razon_social FROM lote_filas f INNER JOIN clientes c ON c.id = f.cliente_id \
        WHERE f.ambito = $1 AND f.referencia IS NOT NULL AND f.servicio_id IS NOT NULL";
    let filas: Vec<FilaConocida> = c.all(SQL, params![ambito]).await?;
    let par = |f: FilaConocida| {
        let FilaConocida { referencia, cliente_id, servicio_id, identidad, razon_social } = f;
        let hecha = Conocida { cliente_id, servicio_id };
        (referencia, FilaPrevia { hecha, identidad, razon_social })
    };
    Ok(filas.into_iter().map(par).collect())
}

#[derive(FromQueryResult)]
struct FilaTotales {
    clientes: i64,
    servicios: i64,
}

/// What an emisor and profile have brought in.
pub async fn totales(c: &impl Consulta, ambito: &str) -> Result<Totales, DbError> {
    const SQL: &str = "SELECT COUNT(DISTINCT cliente_id) AS clientes, \
        COUNT(servicio_id) AS servicios FROM lote_filas WHERE ambito = $1";
    let t: Option<FilaTotales> = c.opt(SQL, params![ambito]).await?;
    let n = |valor: i64| u64::try_from(valor).unwrap_or(0);
    Ok(t.map(|t| Totales { clientes: n(t.clientes), servicios: n(t.servicios) })
        .unwrap_or_default())
}

/// A row to keep.
pub struct FilaGuardada<'a> {
    /// Line in the source.
    pub linea: u64,
    /// Name in the source; none for a rejected row.
    pub referencia: Option<&'a str>,
    /// Codes of the defects of a rejected row.
    pub codigo: Option<&'a str>,
    /// What it became.
    pub hecha: Option<Conocida>,
    /// The row itself.
    pub crudo: &'a str,
}

const COLUMNAS_FILA: &[&str] =
    &["lote_id", "linea", "ambito", "referencia", "codigo", "cliente_id", "servicio_id", "crudo"];

/// Keeps rows. Errors: `Unique` if one is in already.
pub async fn insert_filas(
    tx: &Tx,
    lote: Uuid,
    ambito: &str,
    filas: &[FilaGuardada<'_>],
) -> Result<(), DbError> {
    let mut bulk = Bulk::new("lote_filas", COLUMNAS_FILA);
    for f in filas {
        bulk.push([
            lote.into(),
            i64::try_from(f.linea).unwrap_or(i64::MAX).into(),
            ambito.into(),
            f.referencia.map(str::to_owned).into(),
            f.codigo.map(str::to_owned).into(),
            f.hecha.map(|h| h.cliente_id.uuid()).into(),
            f.hecha.map(|h| h.servicio_id.uuid()).into(),
            f.crudo.into(),
        ]);
    }
    bulk.insert(tx).await.map(|_| ())
}

/// Customers of a batch's rows, by id.
pub async fn clientes_de(c: &impl Consulta, lote: Uuid) -> Result<Vec<ClienteId>, DbError> {
    const SQL: &str = "SELECT DISTINCT cliente_id FROM lote_filas \
        WHERE lote_id = $1 AND cliente_id IS NOT NULL ORDER BY cliente_id";
    c.column(SQL, params![lote]).await
}

/// Services of a batch on which something was charged. Reads the ledger of billing.
pub async fn servicios_con_cargos(
    c: &impl Consulta,
    lote: Uuid,
) -> Result<Vec<ServicioId>, DbError> {
    const SQL: &str = "SELECT DISTINCT f.servicio_id FROM lote_filas f \
        INNER JOIN cargos c ON c.servicio_id = f.servicio_id \
        WHERE f.lote_id = $1 ORDER BY f.servicio_id";
    c.column(SQL, params![lote]).await
}
