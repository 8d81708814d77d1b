//! Edge of the slice: the JSON routes, the pages and their shapes. Rules live in the actions.

pub mod importar;
pub mod paginas;
pub mod precios;
pub mod productos;
pub mod promociones;
pub mod vistas;
pub mod zonas;

use ramal_base::{Fecha, Zona as ZonaHoraria};
use ramal_web::{App, Problem, Rutas};
use utoipa_axum::routes;

use crate::{Error, reglas};

/// Routes of the slice.
pub fn rutas() -> Rutas {
    Rutas::new()
        .routes(routes!(productos::get_productos, productos::post_producto))
        .routes(routes!(productos::get_producto, productos::patch_producto))
        .routes(routes!(productos::get_planes))
        .routes(routes!(productos::get_combos))
        .routes(routes!(productos::get_servicios))
        .routes(routes!(zonas::get_zonas, zonas::post_zona))
        .routes(routes!(zonas::get_zona, zonas::patch_zona))
        .routes(routes!(zonas::get_cobertura))
        .routes(routes!(precios::get_precios, precios::post_precio))
        .routes(routes!(promociones::get_promociones, promociones::post_promocion))
        .routes(routes!(promociones::get_promocion, promociones::patch_promocion))
        .routes(routes!(importar::post_importar))
}

/// The asked day, or today in the company's zone (UTC while there is no company).
async fn dia(app: &App, fecha: Option<Fecha>) -> Result<Fecha, Problem> {
    if let Some(fecha) = fecha {
        let mut errores = Vec::new();
        reglas::check_fecha(fecha, "fecha", &mut errores);
        return if errores.is_empty() { Ok(fecha) } else { Err(Error::Datos(errores).into()) };
    }
    let empresa = ramal_plataforma::empresa_if_any(&app.db).await?;
    let zona = empresa.map_or_else(ZonaHoraria::utc, |e| e.zona());
    Ok(zona.fecha(app.cx.now()))
}
