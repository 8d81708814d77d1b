//! Sending an invoice again. What it does is in the action.

use axum::extract::State;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, redirect};
use ramal_web::{App, ClaveIdempotencia, Formulario, Problem, Ruta};

use super::comun::{named, route};
use super::formas::of_form;
use crate::FacturaId;
use crate::actions::{Reenvio, reissue};
use crate::permisos::EmitirFacturas;
use crate::textos::TEXTOS;

/// `POST /facturacion/facturas/{factura}/reenviar`
pub async fn post_reenviar(
    vista: Vista<EmitirFacturas>,
    State(app): State<App>,
    Ruta(nombre): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    let fila = named(&app.db, &nombre).await?;
    let idem = ClaveIdempotencia::of_form(vista.peticion(), &form);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let marco = vista.marco(&TEXTOS, "facturacion-facturas-titulo");
    // By its identifier: a refused invoice takes another number.
    let destino = route(&fila.id.to_string());
    let aviso = match reissue(&tx, vista.cx(), FacturaId::from_uuid(fila.id.uuid())).await {
        Ok(Reenvio::Nuevo) => Aviso::ok(marco.t("facturacion-reenviar-nuevo")),
        Ok(Reenvio::Mismo) => Aviso::ok(marco.t("facturacion-reenviar-mismo")),
        Ok(Reenvio::Sellado) => Aviso::info(marco.t("facturacion-reenviar-sellado")),
        Err(error) => {
            tx.rollback().await?;
            let problema = of_form(error)?;
            return Ok(redirect(&app, &destino, &[Aviso::mal(problema.detalle)]));
        }
    };
    idem.remember_redirect(&tx, vista.cx(), &destino).await?;
    tx.commit().await?;
    Ok(redirect(&app, &destino, &[aviso]))
}
