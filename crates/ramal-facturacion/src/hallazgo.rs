//! Invoices found by their printed number, for the search of the whole program. It searches nothing
//! else: by customer, the list does.

use ramal_base::{Dinero, Moneda};
use ramal_db::{Consulta, DbError, FromQueryResult, Value, params};
use uuid::Uuid;

use crate::storage::lista::printed;

/// An invoice found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hallazgo {
    /// Identifier.
    pub id: Uuid,
    /// Printed number: `F001-12`.
    pub numero: String,
    /// Name of the customer.
    pub cliente: String,
    /// Total.
    pub total: Dinero,
    /// Its page.
    pub ruta: String,
}

#[derive(FromQueryResult)]
struct Fila {
    id: Uuid,
    serie: String,
    folio: i64,
    cliente: String,
    total: i64,
    moneda: String,
}

/// Invoices whose printed number is what was typed: `F001-12`, `F001-00000012`, `12`. Newest first.
///
/// Errors: `Storage`.
pub async fn search(c: &impl Consulta, q: &str, limit: u32) -> Result<Vec<Hallazgo>, DbError> {
    let Some((serie, folio)) = printed(q) else { return Ok(Vec::new()) };
    let mut valores: Vec<Value> = params![folio];
    let con_serie = if serie.is_some() { " AND UPPER(x.serie) = $2" } else { "" };
    valores.extend(serie.map(Value::from));
    let limite = limit.clamp(1, 100);
    let propias = format!(
        "{COLUMNAS} FROM facturas x JOIN facturas f ON f.id = x.id {CLIENTE} \
         WHERE x.folio = $1{con_serie} ORDER BY f.id DESC LIMIT {limite}"
    );
    let filas: Vec<Fila> = c.all(&propias, valores.clone()).await?;
    if !filas.is_empty() {
        return filas.into_iter().map(found).collect();
    }
    // A refused number that another one took: the invoice that answers for it.
    let reemplazadas = format!(
        "{COLUMNAS} FROM comprobantes x JOIN facturas f ON f.id = x.origen_id {CLIENTE} \
         WHERE x.folio = $1{con_serie} ORDER BY f.id DESC LIMIT {limite}"
    );
    let filas: Vec<Fila> = c.all(&reemplazadas, valores).await?;
    filas.into_iter().map(found).collect()
}

const COLUMNAS: &str =
    "SELECT f.id, f.serie, f.folio, c.razon_social AS cliente, f.total, f.moneda";
const CLIENTE: &str = "JOIN clientes c ON c.id = f.cliente_id";

fn found(f: Fila) -> Result<Hallazgo, DbError> {
    let moneda: Moneda = f.moneda.parse().map_err(|_| DbError::Corrupt("currency of a factura"))?;
    let numero = format!("{}-{}", f.serie, f.folio);
    Ok(Hallazgo {
        id: f.id,
        ruta: format!("/facturacion/facturas/{numero}"),
        numero,
        cliente: f.cliente,
        total: Dinero::new(f.total, moneda),
    })
}
