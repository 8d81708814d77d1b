//! The door of the site: who is signed in goes to his workspace, who is not sees where to go. It
//! shows nobody's data.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use ramal_web::pagina::page;
use ramal_web::{App, Marco, Modo, Peticion, Problem};

use super::TEXTOS;

#[derive(Template)]
#[template(path = "ramal/inicio.html")]
struct Inicio {
    marco: Marco,
    demo: bool,
}

/// `GET /`
pub async fn inicio(State(app): State<App>, peticion: Peticion) -> Result<Response, Problem> {
    let marco = peticion.marco(&TEXTOS, "inicio-titulo");
    if let Some(espacio) = marco.espacios.first() {
        return Ok(Redirect::to(&espacio.ruta).into_response());
    }
    if peticion.navegante.is_identificado() {
        return Ok(Redirect::to("/perfil").into_response());
    }
    page(StatusCode::OK, &Inicio { marco, demo: app.entorno.modo == Modo::Demo })
}
