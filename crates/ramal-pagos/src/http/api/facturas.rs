//! Paying one factura whole by its address: the route that other programs have always called.

use axum::Json;
use axum::extract::State;
use ramal_db::Consulta;
use ramal_facturacion::FacturaId;
use ramal_facturacion::permisos::CobrarFacturas;
use ramal_facturacion::storage::{cambios, consultas};
use ramal_facturacion::vistas::FacturaView;
use ramal_plataforma::Can;
use ramal_web::{App, Parsed, Problem, Ruta};
use uuid::Uuid;

use crate::Error;
use crate::actions::{DatosPago, pay_factura};

/// Registra el pago de una factura
///
/// Paga todo lo que tiene abierto. Repetirlo no cambia nada. Un CFDI a crédito (PPD) recibe además
/// su complemento de pago, uno solo, en cuanto la factura tiene UUID.
#[utoipa::path(patch, path = "/facturacion/{uuid}/pagar", tag = "facturacion",
    params(("uuid" = Uuid, Path, description = "Identificador de la factura o su UUID fiscal")),
    request_body = DatosPago,
    responses((status = 200, description = "La factura como quedó", body = FacturaView)))]
pub async fn patch_pagar(
    can: Can<CobrarFacturas>,
    State(app): State<App>,
    Ruta(uuid): Ruta<Uuid>,
    Parsed(datos): Parsed<DatosPago>,
) -> Result<Json<FacturaView>, Problem> {
    let tx = app.db.begin().await?;
    let id = resolve(&tx, uuid).await?;
    pay_factura(&tx, can.cx(), id, datos).await?;
    let vista = view(&tx, id).await?;
    tx.commit().await?;
    Ok(Json(vista))
}

/// The factura with this id, or whose document has this fiscal UUID.
async fn resolve(c: &impl Consulta, uuid: Uuid) -> Result<FacturaId, Error> {
    if cambios::by_id(c, uuid).await?.is_some() {
        return Ok(FacturaId::from_uuid(uuid));
    }
    let id = cambios::id_by_uuid_fiscal(c, &uuid.to_string()).await?;
    id.map(FacturaId::from_uuid).ok_or(Error::NotFound("factura"))
}

async fn view(c: &impl Consulta, id: FacturaId) -> Result<FacturaView, Error> {
    let fila = cambios::by_id(c, id.uuid()).await?.ok_or(Error::NotFound("factura"))?;
    let comprobante = fila.comprobante_id;
    let legales = consultas::legales(c, comprobante.as_slice()).await?;
    let legal = comprobante.and_then(|id| legales.get(&id));
    Ok(FacturaView::of(fila, legal)?)
}
