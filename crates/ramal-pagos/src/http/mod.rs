//! Edge of the slice: the JSON routes. Rules live in the actions.

pub mod api;
pub mod paginas;

use ramal_web::Rutas;
use utoipa_axum::routes;

use api::{actos, caja, facturas, pagos};

/// Routes of the slice.
pub fn rutas() -> Rutas {
    Rutas::new()
        .routes(routes!(pagos::get_pendientes))
        .routes(routes!(pagos::get_pagos, pagos::post_pago))
        .routes(routes!(pagos::get_pago))
        .routes(routes!(actos::post_aplicar))
        .routes(routes!(actos::post_desaplicar))
        .routes(routes!(actos::post_revertir))
        .routes(routes!(actos::post_devolver))
        .routes(routes!(actos::post_contracargo))
        .routes(routes!(actos::get_devoluciones))
        .routes(routes!(actos::post_aprobar))
        .routes(routes!(actos::post_rechazar))
        .routes(routes!(facturas::patch_pagar))
        .routes(routes!(caja::get_cajas, caja::post_caja))
        .routes(routes!(caja::patch_caja))
        .routes(routes!(caja::patch_limites))
        .routes(routes!(caja::get_turnos, caja::post_turno))
        .routes(routes!(caja::get_turno))
        .routes(routes!(caja::post_cerrar))
        .routes(routes!(caja::post_aprobar_cierre))
        .routes(routes!(caja::post_movimiento))
}
