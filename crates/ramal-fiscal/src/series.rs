//! Series and their numbers: taken inside the issuing transaction, given back by its rollback,
//! never twice.

use ramal_db::{Consulta, DbError, Tx, params};
use uuid::Uuid;

use crate::Tipo;

/// Serie that an emisor uses for a kind until somebody configures another (sunat.md 3).
pub fn default_serie(tipo: Tipo, sobre: Option<Tipo>) -> &'static str {
    match (tipo, sobre) {
        (Tipo::Ingreso, _) => "F",
        (Tipo::Egreso, _) => "NC",
        (Tipo::Pago, _) => "P",
        (Tipo::Factura, _) => "F001",
        (Tipo::Boleta, _) => "B001",
        (Tipo::NotaCredito, Some(Tipo::Boleta)) => "BC01",
        (Tipo::NotaCredito, _) => "FC01",
        (Tipo::NotaDebito, Some(Tipo::Boleta)) => "BD01",
        (Tipo::NotaDebito, _) => "FD01",
    }
}

/// A run of numbers of one serie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folios {
    /// The serie.
    pub serie: String,
    /// First number taken.
    pub primero: i64,
}

/// Takes `n` consecutive numbers; the row of the serie stays locked until the transaction ends.
///
/// `sobre` is the kind of the corrected document, which chooses the serie of a note. A serie that
/// is missing is made with the default name, beginning at 1.
pub async fn take_folios(
    tx: &Tx,
    emisor: Uuid,
    tipo: Tipo,
    sobre: Option<Tipo>,
    n: i64,
) -> Result<Folios, DbError> {
    let serie = active_serie(tx, emisor, tipo, sobre).await?;
    const SQL: &str = "INSERT INTO series (emisor_id, tipo, serie, siguiente, activa) \
        VALUES ($1, $2, $3, $4, TRUE) ON CONFLICT (emisor_id, tipo, serie) \
        DO UPDATE SET siguiente = series.siguiente + $5 RETURNING siguiente";
    let valores = params![emisor, tipo.codigo(), serie.as_str(), 1 + n, n];
    let siguiente: Option<i64> = tx.scalar(SQL, valores).await?;
    let siguiente = siguiente.ok_or(DbError::Corrupt("serie gave no number"))?;
    Ok(Folios { serie, primero: siguiente - n })
}

async fn active_serie(
    tx: &Tx,
    emisor: Uuid,
    tipo: Tipo,
    sobre: Option<Tipo>,
) -> Result<String, DbError> {
    let habitual = default_serie(tipo, sobre);
    const SQL: &str = "SELECT serie FROM series WHERE emisor_id = $1 AND tipo = $2 \
        AND activa = TRUE AND substr(serie, 1, 1) = $3 ORDER BY serie";
    let inicial = &habitual[..1];
    let activas: Vec<String> = tx.column(SQL, params![emisor, tipo.codigo(), inicial]).await?;
    let elegida = activas.iter().find(|s| *s == habitual).or(activas.first());
    Ok(elegida.cloned().unwrap_or_else(|| habitual.to_owned()))
}

/// Next number of each serie of an emisor: `(tipo, serie, siguiente)`.
pub async fn list(c: &impl Consulta, emisor: Uuid) -> Result<Vec<(String, String, i64)>, DbError> {
    #[derive(ramal_db::FromQueryResult)]
    struct Fila {
        tipo: String,
        serie: String,
        siguiente: i64,
    }
    const SQL: &str = "SELECT tipo, serie, siguiente FROM series WHERE emisor_id = $1 \
        ORDER BY tipo, serie";
    let filas = c.all::<Fila>(SQL, params![emisor]).await?;
    Ok(filas.into_iter().map(|f| (f.tipo, f.serie, f.siguiente)).collect())
}
