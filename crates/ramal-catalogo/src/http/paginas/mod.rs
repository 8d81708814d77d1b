//! Pages of the catalogue under `/admin/catalogo`: lists, sheets, forms with their check pages, the
//! import. Thin: the rules are in the actions, the words in `textos/`.

pub mod conflicto;
pub mod estado;
pub mod ficha;
pub mod importar;
pub mod palabras;
pub mod precio;
pub mod precios;
pub mod producto_form;
pub mod productos;
pub mod promocion_ficha;
pub mod promocion_form;
pub mod promociones;
pub mod zona_form;
pub mod zonas;

use ramal_base::{Fecha, Problema};
use ramal_plataforma::Permiso;
use ramal_web::pagina::{Acceso, Enlace, EntradaMenu, Formulario, Marco};
use ramal_web::{Problem, Sitio};

use crate::permisos::{EditarCatalogo, LeerCatalogo};

/// Where the pages hang.
pub const RAIZ: &str = "/admin/catalogo";

const MENU: &[EntradaMenu] = &[EntradaMenu {
    espacio: "admin",
    orden: 30,
    ruta: RAIZ,
    texto: "menu-catalogo",
    permiso: LeerCatalogo::NOMBRE,
}];

/// Tabs of the catalogue: key of the text and path under the root.
const PESTANAS: [(&str, &str); 5] = [
    ("catalogo-productos", ""),
    ("catalogo-combos", "/combos"),
    ("catalogo-zonas", "/zonas"),
    ("catalogo-promociones", "/promociones"),
    ("catalogo-precios", "/precios"),
];

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    products().merge(zones()).merge(promotions()).menu(MENU)
}

fn products() -> Sitio {
    let leer = Acceso::Permiso(LeerCatalogo::NOMBRE);
    let editar = Acceso::Permiso(EditarCatalogo::NOMBRE);
    Sitio::new()
        .get("/admin/catalogo", leer, productos::get_productos)
        .get("/admin/catalogo/combos", leer, productos::get_combos)
        .get("/admin/catalogo/precios", leer, precios::get_precios)
        .get("/admin/catalogo/nuevo", editar, producto_form::get_nuevo)
        .post("/admin/catalogo/nuevo", editar, producto_form::post_nuevo)
        .get("/admin/catalogo/importar", editar, importar::get_importar)
        .upload("/admin/catalogo/importar", editar, importar::MAXIMO, importar::post_importar)
        .get("/admin/catalogo/importar/{huella}", editar, importar::get_revisar)
        .post("/admin/catalogo/importar/{huella}", editar, importar::post_confirmar)
        .get("/admin/catalogo/productos/{codigo}", leer, ficha::get_ficha)
        .get("/admin/catalogo/productos/{codigo}/editar", editar, producto_form::get_editar)
        .post("/admin/catalogo/productos/{codigo}/editar", editar, producto_form::post_editar)
        .post("/admin/catalogo/productos/{codigo}/activar", editar, estado::post_activar)
        .post("/admin/catalogo/productos/{codigo}/desactivar", editar, estado::post_desactivar)
        .get("/admin/catalogo/productos/{codigo}/precio", editar, precio::get_general)
        .post("/admin/catalogo/productos/{codigo}/precio", editar, precio::post_general)
        .get("/admin/catalogo/productos/{codigo}/precios/{zona}", editar, precio::get_zona)
        .post("/admin/catalogo/productos/{codigo}/precios/{zona}", editar, precio::post_zona)
}

fn zones() -> Sitio {
    let leer = Acceso::Permiso(LeerCatalogo::NOMBRE);
    let editar = Acceso::Permiso(EditarCatalogo::NOMBRE);
    Sitio::new()
        .get("/admin/catalogo/zonas", leer, zonas::get_zonas)
        .get("/admin/catalogo/nueva-zona", editar, zona_form::get_nueva)
        .post("/admin/catalogo/nueva-zona", editar, zona_form::post_nueva)
        .get("/admin/catalogo/zonas/{codigo}", leer, zonas::get_zona)
        .get("/admin/catalogo/zonas/{codigo}/editar", editar, zona_form::get_editar)
        .post("/admin/catalogo/zonas/{codigo}/editar", editar, zona_form::post_editar)
        .post("/admin/catalogo/zonas/{codigo}/activar", editar, estado::post_activar_zona)
        .post("/admin/catalogo/zonas/{codigo}/desactivar", editar, estado::post_desactivar_zona)
}

fn promotions() -> Sitio {
    let leer = Acceso::Permiso(LeerCatalogo::NOMBRE);
    let editar = Acceso::Permiso(EditarCatalogo::NOMBRE);
    Sitio::new()
        .get("/admin/catalogo/promociones", leer, promociones::get_promociones)
        .get("/admin/catalogo/nueva-promocion", editar, promocion_form::get_nueva)
        .post("/admin/catalogo/nueva-promocion", editar, promocion_form::post_nueva)
        .get("/admin/catalogo/promociones/{codigo}", leer, promocion_ficha::get_promocion)
        .get("/admin/catalogo/promociones/{codigo}/editar", editar, promocion_form::get_editar)
        .post("/admin/catalogo/promociones/{codigo}/editar", editar, promocion_form::post_editar)
        .post("/admin/catalogo/promociones/{codigo}/activar", editar, estado::post_activar_promo)
        .post(
            "/admin/catalogo/promociones/{codigo}/desactivar",
            editar,
            estado::post_desactivar_promo,
        )
}

/// The tabs, with the one that is shown.
fn tabs(marco: &Marco, activa: &str) -> Vec<Enlace> {
    let enlace = |(clave, resto): (&str, &str)| Enlace {
        texto: marco.t(clave),
        ruta: format!("{RAIZ}{resto}"),
        activo: clave == activa,
    };
    PESTANAS.map(enlace).to_vec()
}

/// The refusal that a form shows on its fields; anything else ends the request.
fn for_form(problema: Problem) -> Result<Problema, Problem> {
    match problema.0.estado {
        409 | 422 => Ok(problema.0),
        _ => Err(problema),
    }
}

/// Code of a refusal as a status.
fn status(problema: &Problema) -> axum::http::StatusCode {
    axum::http::StatusCode::from_u16(problema.estado)
        .unwrap_or(axum::http::StatusCode::UNPROCESSABLE_ENTITY)
}

/// What the query of a page filled in.
fn query_form(consulta: &str) -> Formulario {
    Formulario::read(consulta.as_bytes()).unwrap_or_default()
}

/// A day that a form carries; none if it is empty. Errors: 422 on the field.
fn day(form: &Formulario, campo: &str) -> Result<Option<Fecha>, Problem> {
    let texto = form.value(campo).trim();
    if texto.is_empty() {
        return Ok(None);
    }
    let fecha = Fecha::parse(texto).map_err(|_| {
        let motivo = "Esa fecha no existe; escribirla como 2026-12-01.";
        Problem::campo(campo, "fecha_invalida", motivo)
    })?;
    let mut errores = Vec::new();
    crate::reglas::check_fecha(fecha, campo, &mut errores);
    if errores.is_empty() { Ok(Some(fecha)) } else { Err(Problem(Problema::campos(errores))) }
}

/// Refuses a field that must hold a whole number and holds something else.
fn check_number(form: &Formulario, campo: &str) -> Result<(), Problem> {
    let texto = form.value(campo).trim();
    if texto.is_empty() || texto.parse::<i32>().is_ok() {
        return Ok(());
    }
    let motivo = "Escribir solo el número, sin unidad ni separador de miles.";
    Err(Problem::campo(campo, "numero_invalido", motivo))
}
