//! Edge of the slice: the JSON routes, their shapes and the pages. Rules live in the actions.

pub mod api;
pub mod filtro;
pub mod paginas;
pub mod partes;
pub mod vistas;

use ramal_web::Rutas;
use utoipa_axum::routes;

/// Routes of the slice.
pub fn rutas() -> Rutas {
    Rutas::new()
        .routes(routes!(api::get_clientes, api::post_cliente))
        .routes(routes!(api::get_cliente, api::patch_cliente))
        .routes(routes!(partes::get_consentimientos, partes::post_consentimiento))
        .routes(routes!(partes::post_domicilio))
        .routes(routes!(partes::post_contacto))
}
