//! Edge of the slice: who may call, and the routes. Rules live in the actions.

mod api;
mod archivos;
mod certificados;
pub mod paginas;
pub mod permisos;
pub mod vistas;

pub use paginas::sitio;

use ramal_web::Rutas;
use utoipa_axum::routes;

/// Permissions that the slice's routes ask for.
pub const PERMISOS: &[&str] = permisos::TODOS;

/// Routes of the slice, relative to `/api/v1`.
///
/// The route that loads certificates takes `Extension<Arc<Sello>>`, which the binary adds.
pub fn rutas() -> Rutas {
    Rutas::new()
        .routes(routes!(api::get_comprobantes))
        .routes(routes!(api::get_conteos))
        .routes(routes!(api::get_comprobante))
        .routes(routes!(archivos::get_xml))
        .routes(routes!(archivos::get_pdf))
        .routes(routes!(archivos::get_cdr))
        .routes(routes!(archivos::get_acuse))
        .routes(routes!(api::post_reintentar))
        .routes(routes!(api::post_baja))
        .routes(routes!(api::get_series))
        .routes(routes!(api::post_reanudar))
        .routes(routes!(certificados::get_certificados))
        .routes(routes!(certificados::post_certificado))
}
