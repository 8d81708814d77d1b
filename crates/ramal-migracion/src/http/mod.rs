//! Edge of the slice: the JSON routes, the pages and their shapes. Rules live in the actions.

pub mod api;
mod cuerpo;
pub mod paginas;
pub mod vistas;

use axum::extract::DefaultBodyLimit;
use ramal_web::Rutas;
use utoipa_axum::routes;

/// Largest file, in bytes: some 500,000 rows.
pub(crate) const ARCHIVO_MAXIMO: usize = 64 << 20;

/// Routes of the slice.
pub fn rutas() -> Rutas {
    Rutas::new()
        .routes(routes!(api::post_importacion))
        .layer(DefaultBodyLimit::max(ARCHIVO_MAXIMO))
        .routes(routes!(api::get_importacion, api::delete_importacion))
}
