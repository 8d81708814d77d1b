//! Edge of the slice: who may call, and the routes. Rules live in the actions.

pub mod api;
pub mod can;
pub mod permisos;
mod sobre;
pub mod vista;
pub mod vistas;

use ramal_web::Rutas;
use utoipa_axum::routes;

/// Routes of the slice.
pub fn rutas() -> Rutas {
    Rutas::new()
        .routes(routes!(api::get_empresa))
        .routes(routes!(api::get_emisores))
        .routes(routes!(api::get_emisor))
        .routes(routes!(api::get_auditoria))
        .routes(routes!(api::get_claves, api::post_clave))
        .routes(routes!(api::delete_clave))
}
