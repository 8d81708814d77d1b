//! Edge of the slice: JSON routes, doors of the gateways, pages. Rules live in the actions.

pub mod api;
pub mod cuarentena;
pub mod paginas;
pub mod vistas;
pub mod webhooks;

use axum::extract::Extension;
use ramal_web::pagina::Acceso;
use ramal_web::{Rutas, Sitio};
use std::sync::Arc;
use utoipa_axum::routes;

use crate::puerto::Pasarelas;

/// The gateways, as the binary leaves them in every request.
pub(crate) type Puertas = Extension<Arc<dyn Pasarelas>>;

/// Routes of the slice.
pub fn rutas() -> Rutas {
    Rutas::new()
        .routes(routes!(api::get_cobros, api::post_cobro))
        .routes(routes!(cuarentena::get_cuarentena))
        .routes(routes!(cuarentena::post_asignar))
        .routes(routes!(cuarentena::post_descartar))
        .routes(routes!(api::get_cobro))
        .routes(routes!(api::get_flujo))
        .routes(routes!(api::post_cancelar))
        .routes(routes!(api::post_devolver))
}

/// Pages and doors of the slice.
pub fn sitio() -> Sitio {
    paginas::sitio().merge(doors())
}

/// Where the gateways knock. Their signature is their key, so they ask for no session.
fn doors() -> Sitio {
    let publico = Acceso::Publico;
    Sitio::new()
        .upload("/webhooks/emulada", publico, webhooks::MAXIMO, webhooks::emulada)
        .upload("/webhooks/mercadopago", publico, webhooks::MAXIMO, webhooks::mercadopago)
        .upload("/webhooks/stripe", publico, webhooks::MAXIMO, webhooks::stripe)
}
