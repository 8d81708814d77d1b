//! Pages of imports under `/admin/importaciones`: list, upload, rehearsal, report, undo. Thin: what
//! rows mean is in `evaluar` and in the actions.

pub mod csv;
pub mod lista;
pub mod lote;
pub mod nueva;
pub mod resumen;
pub mod subida;

use axum::http::StatusCode;
use ramal_base::Problema;
use ramal_plataforma::Permiso;
use ramal_web::pagina::{Acceso, EntradaMenu};
use ramal_web::{Problem, Sitio};

use super::ARCHIVO_MAXIMO;
use crate::Error;
use crate::permisos::{DeshacerImportaciones, ImportarClientes, LeerImportaciones};

/// Where the pages hang.
pub const RAIZ: &str = "/admin/importaciones";

const MENU: &[EntradaMenu] = &[EntradaMenu {
    espacio: "admin",
    orden: 40,
    ruta: RAIZ,
    texto: "menu-importaciones",
    permiso: LeerImportaciones::NOMBRE,
}];

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    let leer = Acceso::Permiso(LeerImportaciones::NOMBRE);
    let crear = Acceso::Permiso(ImportarClientes::NOMBRE);
    let deshacer = Acceso::Permiso(DeshacerImportaciones::NOMBRE);
    Sitio::new()
        .get("/admin/importaciones", leer, lista::get_lista)
        .get("/admin/importaciones/nueva", crear, nueva::get_nueva)
        .upload("/admin/importaciones/nueva", crear, ARCHIVO_MAXIMO, nueva::post_nueva)
        .get("/admin/importaciones/subidas/{id}", crear, subida::get_subida)
        .post("/admin/importaciones/subidas/{id}/opciones", crear, subida::post_opciones)
        .post("/admin/importaciones/subidas/{id}/importar", crear, subida::post_importar)
        .post("/admin/importaciones/subidas/{id}/descartar", crear, subida::post_descartar)
        .get("/admin/importaciones/subidas/{id}/rechazos.csv", crear, subida::get_rechazos)
        .get("/admin/importaciones/{lote}", leer, lote::get_lote)
        .get("/admin/importaciones/{lote}/rechazos.csv", leer, lote::get_rechazos)
        .get("/admin/importaciones/{lote}/deshacer", deshacer, lote::get_deshacer)
        .post("/admin/importaciones/{lote}/deshacer", deshacer, lote::post_deshacer)
        .menu(MENU)
}

fn problem(error: Error) -> Problem {
    Problem(Problema::from(error))
}

/// The refusal that a form shows on its fields; anything else ends the request.
fn for_form(problema: Problem) -> Result<Problema, Problem> {
    match problema.0.estado {
        409 | 422 => Ok(problema.0),
        _ => Err(problema),
    }
}

/// Code of a refusal as a status.
fn status(problema: &Problema) -> StatusCode {
    StatusCode::from_u16(problema.estado).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
}
