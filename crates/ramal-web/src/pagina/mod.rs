//! Kit of the pages: what a handler gets of the request, the shell around every page, forms, lists,
//! notices. It knows no slice and signs nobody in: `ramal-plataforma` leaves a [`Navegante`].

pub mod archivos;
pub mod aviso;
pub mod fallo;
pub mod filtro;
pub mod formato;
pub mod formulario;
#[cfg(debug_assertions)]
pub mod galeria;
pub mod hx;
pub mod importe;
pub mod listado;
pub mod marco;
pub mod navegante;
pub mod peticion;
pub mod piezas;
pub mod seleccion;
pub mod sitio;
pub mod textos;
mod valores;

pub use archivos::{Archivo, FormularioConArchivos};
pub use aviso::{Aviso, Clase, redirect};
pub use filtro::{Filtro, Orden, Sentido};
pub use formato::{Edad, Formato};
pub use formulario::Formulario;
pub use hx::Hx;
pub use listado::{Chip, Conteo, Listado, OrdenDe};
pub use marco::{Enlace, Marco};
pub use navegante::{Navegante, Tema, UsuarioMarco};
pub use peticion::Peticion;
pub use piezas::{Familia, Figura, Hito, Insignia, Opcion, Paso};
pub use seleccion::Seleccion;
pub use sitio::{Acceso, EntradaMenu, RutaPagina, Sitio};
pub use textos::Textos;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use ramal_base::Problema;

use crate::Problem;

/// Renders a page with a status.
///
/// Errors: 500 if the template fails.
pub fn page(estado: StatusCode, plantilla: &impl askama::Template) -> Result<Response, Problem> {
    let texto = plantilla.render().map_err(|error| {
        tracing::error!(%error, "a template failed");
        Problem(Problema::interno())
    })?;
    let mut respuesta = (estado, Html(texto)).into_response();
    let cabeceras = respuesta.headers_mut();
    cabeceras.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    cabeceras.insert(header::VARY, HeaderValue::from_static("HX-Request, HX-Target, Cookie"));
    Ok(respuesta)
}
