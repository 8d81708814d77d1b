//! Edge of the slice: the JSON routes and the pages. Rules live in the actions.

pub mod api;
pub mod paginas;

use axum::extract::DefaultBodyLimit;
use ramal_web::Rutas;
use utoipa_axum::routes;

use api::{comprobantes, cuentas, lotes, renglones};

/// Routes of the slice.
pub fn rutas() -> Rutas {
    let subidas = Rutas::new()
        .routes(routes!(lotes::get_lotes, lotes::post_lote))
        .routes(routes!(comprobantes::get_comprobantes, comprobantes::post_comprobante))
        .layer(DefaultBodyLimit::max(ramal_extractos::linea::MAX_BYTES + 64 * 1024));
    Rutas::new()
        .routes(routes!(cuentas::get_cuentas, cuentas::post_cuenta))
        .routes(routes!(cuentas::patch_cuenta))
        .routes(routes!(cuentas::get_perfiles))
        .routes(routes!(cuentas::get_referencias, cuentas::post_referencia))
        .routes(routes!(lotes::get_lote))
        .routes(routes!(lotes::get_renglones))
        .routes(routes!(lotes::post_cotejar))
        .routes(routes!(lotes::post_exactas))
        .routes(routes!(lotes::post_cerrar))
        .routes(routes!(lotes::post_reabrir))
        .routes(routes!(renglones::get_renglon))
        .routes(routes!(renglones::post_aceptar))
        .routes(routes!(renglones::post_resolver))
        .routes(routes!(renglones::post_apartar))
        .routes(routes!(renglones::post_ajustar))
        .routes(routes!(renglones::post_deshacer))
        .routes(routes!(comprobantes::get_comprobante))
        .routes(routes!(comprobantes::get_archivo))
        .routes(routes!(comprobantes::post_aprobar))
        .routes(routes!(comprobantes::post_rechazar))
        .routes(routes!(comprobantes::post_otra_foto))
        .merge(subidas)
}
