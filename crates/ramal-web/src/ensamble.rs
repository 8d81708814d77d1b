//! Puts the routes of the slices together under `/api/v1`, with the reference, health and every
//! layer. It chooses no slice: the binary gives them.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::Value;
use utoipa::OpenApi;

use crate::{App, Problem, Rutas, Sitio, capas, estatico, openapi, referencia, salud};

/// Where the API hangs.
pub const PREFIJO: &str = "/api/v1";

/// The whole service: API, OpenAPI, reference page, health and pages, ready to be served.
pub fn assemble(app: App, slices: Vec<Rutas>, sitio: Sitio) -> Router {
    let (api, documento) = joined(slices);
    let (paginas, menu) = sitio.into_parts();
    let menu = Arc::new(menu);
    let paginas = paginas.layer(Extension(menu.clone()));
    let json = documento.to_string();
    let pagina = referencia::render(&documento);
    let router = api
        .route("/api/v1/openapi.json", get(move || openapi_json(json.clone())))
        .route("/api/v1/docs", get(move || referencia::page(pagina.clone())))
        .route(referencia::RUTA_ESTILO, get(referencia::style))
        .route(estatico::RUTA, get(estatico::serve))
        .route("/health/live", get(salud::live))
        .route("/health/ready", get(salud::ready))
        .merge(paginas)
        .fallback(not_found);
    capas::wrap(router, &app, menu).with_state(app)
}

/// The OpenAPI document of the slices, complete: what `/api/v1/openapi.json` serves.
pub fn documento(slices: Vec<Rutas>) -> Value {
    joined(slices).1
}

fn joined(slices: Vec<Rutas>) -> (Router<App>, Value) {
    let vacia = Rutas::with_openapi(openapi::ApiDoc::openapi());
    let api = slices.into_iter().fold(Rutas::new(), Rutas::merge);
    let (router, documento) = vacia.nest(PREFIJO, api).split_for_parts();
    let documento = serde_json::to_value(documento).unwrap_or(Value::Null);
    assert!(documento.is_object(), "the OpenAPI document must be a JSON object");
    (router, openapi::complete(documento))
}

async fn openapi_json(json: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], json)
}

async fn not_found() -> Problem {
    Problem::of_status(StatusCode::NOT_FOUND)
}
