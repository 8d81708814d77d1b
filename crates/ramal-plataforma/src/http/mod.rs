//! Edge of the slice: who may call, and the routes. Rules live in the actions.

pub mod api;
pub mod api_usuarios;
pub mod can;
pub mod capa;
pub mod paginas;
pub mod permisos;
mod sobre;
pub mod vista;
pub mod vistas;
pub mod vistas_usuarios;

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
        .routes(routes!(api_usuarios::get_usuarios, api_usuarios::post_usuario))
        .routes(routes!(api_usuarios::get_usuario, api_usuarios::patch_usuario))
        .routes(routes!(api_usuarios::post_suspender))
        .routes(routes!(api_usuarios::post_reactivar))
        .routes(routes!(api_usuarios::get_roles, api_usuarios::post_rol))
        .routes(routes!(api_usuarios::put_rol, api_usuarios::delete_rol))
        .routes(routes!(api_usuarios::get_sucursales, api_usuarios::post_sucursal))
}
