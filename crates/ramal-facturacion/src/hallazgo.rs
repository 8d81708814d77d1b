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
    let mut donde = "f.folio = $1".to_owned();
    if let Some(serie) = serie {
        valores.push(serie.into());
        donde.push_str(" AND UPPER(f.serie) = $2");
    }
    let sql = format!(
        "SELECT f.id, f.serie, f.folio, c.razon_social AS cliente, f.total, f.moneda \
         FROM facturas f JOIN clientes c ON c.id = f.cliente_id WHERE {donde} \
         ORDER BY f.id DESC LIMIT {}",
        limit.clamp(1, 100)
    );
    let filas: Vec<Fila> = c.all(&sql, valores).await?;
    filas.into_iter().map(found).collect()
}

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
