//! Posted charges: append-only, one row per service, period, kind and revision.

use ramal_base::{Cx, Fecha, Id};
use ramal_db::{Bulk, DbError, Tx, Value};
use uuid::Uuid;

use crate::corrida::papel::{NuevaFactura, NuevoCargo};
use crate::nucleo::Pieza;

/// Marker of charge ids.
pub struct CargoMarca;

const COLUMNAS: &[&str] = &[
    "id",
    "servicio_id",
    "cliente_id",
    "periodo_desde",
    "periodo_hasta",
    "clase",
    "revision",
    "monto",
    "moneda",
    "corrida_id",
    "factura_id",
    "linea",
    "fecha",
    "detalle",
];

/// A batch of charges of one transaction.
pub struct LoteCargos(Bulk);

impl Default for LoteCargos {
    fn default() -> LoteCargos {
        LoteCargos(Bulk::new("cargos", COLUMNAS))
    }
}

impl LoteCargos {
    /// Adds the charges of a document.
    pub fn push(
        &mut self,
        cx: &Cx,
        (factura, nueva): (Uuid, &NuevaFactura),
        corrida: Option<Uuid>,
        fecha: Fecha,
    ) -> Result<(), DbError> {
        for cargo in &nueva.cargos {
            let id: Id<CargoMarca> = cx.new_id();
            self.0.push(row(id.uuid(), (factura, nueva), corrida, (fecha, cargo))?);
        }
        Ok(())
    }

    /// Writes the batch. Errors: `Unique` if a charge was posted by somebody else meanwhile.
    pub async fn insert(self, tx: &Tx) -> Result<u64, DbError> {
        self.0.insert(tx).await
    }
}

fn row(
    id: Uuid,
    (factura, nueva): (Uuid, &NuevaFactura),
    corrida: Option<Uuid>,
    (fecha, nuevo): (Fecha, &NuevoCargo),
) -> Result<Vec<Value>, DbError> {
    let cargo = &nuevo.cargo;
    let revision = i32::try_from(cargo.revision).unwrap_or(i32::MAX);
    Ok(vec![
        id.into(),
        nuevo.servicio_id.into(),
        nueva.cliente_id.into(),
        cargo.periodo.desde.into(),
        cargo.periodo.hasta.into(),
        cargo.clase.texto().into(),
        revision.into(),
        cargo.monto.into(),
        nueva.moneda.codigo().into(),
        corrida.into(),
        factura.into(),
        nuevo.linea.into(),
        fecha.into(),
        detail(&cargo.explicacion)?.into(),
    ])
}

/// Arithmetic of a charge as JSON; none where it is one whole price, which explains itself.
fn detail(piezas: &[Pieza]) -> Result<Option<String>, DbError> {
    let entera = |p: &Pieza| p.importe == p.precio;
    if piezas.is_empty() || (piezas.len() == 1 && piezas.iter().all(entera)) {
        return Ok(None);
    }
    let texto = serde_json::to_string(piezas);
    texto.map(Some).map_err(|_| DbError::Corrupt("arithmetic of a cargo"))
}
