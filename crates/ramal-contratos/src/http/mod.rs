//! Edge of the slice: the JSON routes, their shapes and the pages. Rules live in the actions.

pub mod api;
pub mod contratos;
pub mod paginas;
pub mod pasos;
pub mod vistas;

use ramal_web::Rutas;
use utoipa_axum::routes;

/// Routes of the slice.
pub fn rutas() -> Rutas {
    Rutas::new()
        .routes(routes!(api::get_servicios))
        .routes(routes!(pasos::post_contratar))
        .routes(routes!(api::get_servicio, api::patch_servicio))
        .routes(routes!(pasos::post_suspender))
        .routes(routes!(pasos::post_reactivar))
        .routes(routes!(pasos::post_cancelar))
        .routes(routes!(api::get_servicios_cliente))
        .routes(routes!(contratos::post_contrato))
        .routes(routes!(contratos::get_contrato))
        .routes(routes!(contratos::get_contratos_cliente))
}
