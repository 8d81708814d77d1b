//! «Registrar pago» of a factura: the address that its page has always linked. Looking leads to the
//! form of payments with the factura chosen; sending the old fields pays it whole.

use axum::extract::State;
use axum::response::Response;
use ramal_facturacion::FacturaId;
use ramal_facturacion::permisos::CobrarFacturas;
use ramal_facturacion::storage::cambios;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem, Ruta};

use super::comun::{factura, of_form};
use crate::Error;
use crate::actions::{DatosPago, pay_factura};
use crate::textos::TEXTOS;

/// `GET /facturacion/facturas/{factura}/pagar`
pub async fn get_pagar(
    _vista: Vista<CobrarFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
) -> Result<Response, Problem> {
    let id = factura(&app.db, &nombre).await?;
    let fila = cambios::by_id(&app.db, id).await?.ok_or(Error::NotFound("factura"))?;
    let destino = format!("/facturacion/pagos/nuevo?factura={}", fila.id);
    Ok(redirect(&app, &destino, &[]))
}

/// `POST /facturacion/facturas/{factura}/pagar`
pub async fn post_pagar(
    vista: Vista<CobrarFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let id = FacturaId::from_uuid(factura(&app.db, &nombre).await?);
    let datos: DatosPago = form.parse()?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let fila = cambios::by_id(&tx, id.uuid()).await?.ok_or(Error::NotFound("factura"))?;
    let destino = format!("/facturacion/facturas/{}", fila.numero());
    if let Err(error) = pay_factura(&tx, vista.cx(), id, datos).await {
        tx.rollback().await?;
        return Err(Problem(of_form(error)?));
    }
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    let marco = vista.marco(&TEXTOS, "pagos-nuevo-titulo");
    let texto = marco.t1("pagos-factura-pagada", "numero", fila.numero());
    Ok(redirect(&app, &destino, &[Aviso::ok(texto)]))
}
