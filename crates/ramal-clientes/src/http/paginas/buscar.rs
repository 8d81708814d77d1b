//! Search of customers while typing: a fragment of options for the combobox, and the same as a page
//! with links for who has no script. It searches nothing but customers.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::page;
use ramal_web::{App, Filtros, Marco, Problem};
use serde::Deserialize;

use crate::hallazgo::{Hallazgo, search};
use crate::permisos::LeerClientes;
use crate::textos::TEXTOS;

/// Options offered while typing.
const OPCIONES: u32 = 8;
/// Results on the page.
const RESULTADOS: u32 = 50;

/// What is searched.
#[derive(Debug, Deserialize)]
pub struct Pregunta {
    /// Words.
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "clientes/buscar.html")]
struct Buscar {
    marco: Marco,
    q: String,
    hallazgos: Vec<Hallazgo>,
}

#[derive(Template)]
#[template(path = "clientes/opciones.html")]
struct Opciones {
    hallazgos: Vec<Hallazgo>,
}

/// `GET /admin/clientes/buscar?q=`
pub async fn buscar(
    vista: Vista<LeerClientes>,
    State(app): State<App>,
    Filtros(pregunta): Filtros<Pregunta>,
) -> Result<Response, Problem> {
    let fragmento = vista.peticion().hx.asks();
    let q: String = pregunta.q.trim().chars().take(100).collect();
    let limite = if fragmento { OPCIONES } else { RESULTADOS };
    let hallazgos = search(&app.db, &q, limite).await?;
    if fragmento {
        return page(StatusCode::OK, &Opciones { hallazgos });
    }
    let marco = vista.marco(&TEXTOS, "clientes-buscar-titulo");
    page(StatusCode::OK, &Buscar { marco, q, hallazgos })
}
