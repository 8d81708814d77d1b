//! Edge of the slice: the JSON routes. Rules live in the actions.

pub mod ajustes;
pub mod clientes;
pub mod cuenta;
pub mod documentos;
mod extracto_pdf;
pub mod facturacion;
pub mod facturas;
pub mod operaciones;
pub mod paginas;
pub mod recargos;

use ramal_web::Rutas;
use utoipa_axum::routes;

/// Routes of the slice.
pub fn rutas() -> Rutas {
    Rutas::new()
        .routes(routes!(facturacion::get_preview))
        .routes(routes!(facturacion::get_pendientes))
        .routes(routes!(facturacion::post_ejecutar))
        .routes(routes!(facturacion::get_corridas))
        .routes(routes!(facturacion::get_corrida))
        .routes(routes!(facturas::get_kpis))
        .routes(routes!(facturas::get_ultimas))
        .routes(routes!(facturas::get_facturas, operaciones::post_factura))
        .routes(routes!(facturas::get_factura))
        .routes(routes!(operaciones::post_enviar))
        .routes(routes!(operaciones::post_anular))
        .routes(routes!(operaciones::post_nota))
        .routes(routes!(documentos::get_pdf))
        .routes(routes!(documentos::get_xml))
        .routes(routes!(documentos::get_cdr))
        .routes(routes!(ajustes::patch_empresa_ajustes))
        .routes(routes!(ajustes::patch_emisor_ajustes))
        .routes(routes!(clientes::get_estado))
        .routes(routes!(clientes::get_resumen))
        .routes(routes!(recargos::get_recargos))
        .routes(routes!(recargos::post_condonar))
        .routes(routes!(cuenta::get_cuenta))
        .routes(routes!(cuenta::get_cuenta_csv))
        .routes(routes!(cuenta::get_cuenta_pdf))
}
