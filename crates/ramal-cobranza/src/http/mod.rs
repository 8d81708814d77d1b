//! Edge of the slice: the JSON routes and the pages. Rules live in the actions.

pub mod cliente;
pub mod cortes;
pub mod morosos;
pub mod paginas;
pub mod politica;
pub mod promesas;
pub mod servicios;
pub mod vistas;

use ramal_web::Rutas;
use utoipa_axum::routes;

/// Routes of the slice.
pub fn rutas() -> Rutas {
    Rutas::new()
        .routes(routes!(morosos::get_morosos))
        .routes(routes!(cortes::get_cortes))
        .routes(routes!(cortes::get_corte))
        .routes(routes!(cortes::post_aprobar))
        .routes(routes!(cortes::post_ejecutar))
        .routes(routes!(cortes::post_retirar))
        .routes(routes!(cortes::post_condonar))
        .routes(routes!(cortes::post_entregado))
        .routes(routes!(promesas::get_promesas, promesas::post_promesa))
        .routes(routes!(promesas::get_evaluacion))
        .routes(routes!(promesas::get_promesa))
        .routes(routes!(promesas::post_anular))
        .routes(routes!(servicios::post_exencion, servicios::delete_exencion))
        .routes(routes!(servicios::post_pausa, servicios::delete_pausa))
        .routes(routes!(politica::get_politica, politica::put_politica))
        .routes(routes!(politica::get_calendario, politica::post_dia))
        .routes(routes!(politica::delete_dia))
        .routes(routes!(cliente::get_cobranza))
}
