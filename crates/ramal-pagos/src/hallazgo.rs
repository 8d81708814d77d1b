//! Payments found by their number or their operation, for the search of the whole program. It
//! searches nothing else: by cliente, the list does.

use ramal_base::Dinero;
use ramal_db::{Consulta, DbError};
use uuid::Uuid;

use crate::storage::lista::{BuscarPago, FiltroPagos, Lectura, page};

/// A payment found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hallazgo {
    /// Identifier.
    pub id: Uuid,
    /// Printed number: `P-881`.
    pub numero: String,
    /// Name of the cliente.
    pub cliente: String,
    /// Amount.
    pub monto: Dinero,
    /// Its page.
    pub ruta: String,
}

/// Payments whose number or operation is what was typed, newest first. Whoever asks has
/// `pagos:leer`.
///
/// Errors: `Storage`.
pub async fn search(c: &impl Consulta, q: &str, limit: u32) -> Result<Vec<Hallazgo>, DbError> {
    let Some(buscar) = BuscarPago::exact(q) else { return Ok(Vec::new()) };
    let filtro = FiltroPagos { buscar: Some(buscar), ..FiltroPagos::default() };
    let lectura = Lectura { filas: i64::from(limit.clamp(1, 100)), ..Lectura::default() };
    let tramo = page(c, &filtro, &lectura).await?;
    let hallazgo = |f: crate::storage::lista::FilaLista| Hallazgo {
        id: f.pago.id.uuid(),
        ruta: format!("/facturacion/pagos/{}", f.pago.codigo()),
        numero: f.pago.codigo(),
        monto: Dinero::new(f.pago.monto, f.pago.moneda),
        cliente: f.cliente,
    };
    Ok(tramo.filas.into_iter().map(hallazgo).collect())
}
