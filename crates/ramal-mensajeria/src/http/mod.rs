//! Edge of the slice: the JSON routes, their shapes, the pages and the webhook. Rules live in the
//! actions.

pub mod api;
mod api_plantillas;
pub mod paginas;
pub mod vistas;
pub mod webhook;

pub use paginas::sitio;

use ramal_web::Rutas;
use utoipa_axum::routes;

/// Routes of the slice, relative to `/api/v1`.
pub fn rutas() -> Rutas {
    Rutas::new()
        .routes(routes!(api::get_envios))
        .routes(routes!(api::get_envio))
        .routes(routes!(api::post_reintentar))
        .routes(routes!(api::post_notificacion))
        .routes(routes!(api::get_costos))
        .routes(routes!(api::get_avisos))
        .routes(routes!(api::post_leido))
        .routes(routes!(api_plantillas::get_plantillas))
        .routes(routes!(api_plantillas::get_plantilla, api_plantillas::put_plantilla))
}
