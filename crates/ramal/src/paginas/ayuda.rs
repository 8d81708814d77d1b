//! Help that is the same on every page: how to get in, whom to ask, the keys. It holds no manual.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_web::pagina::page;
use ramal_web::{Marco, Peticion, Problem};

use super::TEXTOS;

#[derive(Template)]
#[template(path = "ramal/ayuda.html")]
struct Ayuda {
    marco: Marco,
}

/// `GET /ayuda`
pub async fn ayuda(peticion: Peticion) -> Result<Response, Problem> {
    page(StatusCode::OK, &Ayuda { marco: peticion.marco(&TEXTOS, "ayuda-titulo") })
}
