//! Admin routes of the emulator, for tests and scripts. They ask for no login and suffer no fault.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Emulador;
use super::interruptores::Interruptores;
use super::tipos::Avance;

type App = State<Arc<Emulador>>;

/// Routes under `/_emulador`.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route("/_emulador/fallas", get(read).put(write))
        .route("/_emulador/estado", get(state))
        .route("/_emulador/webhook", post(redirect))
        .route("/_emulador/personas", post(person))
}

async fn read(State(emulador): App) -> Json<Interruptores> {
    Json(emulador.mando.current())
}

async fn write(State(emulador): App, Json(nuevos): Json<Interruptores>) -> Json<Interruptores> {
    emulador.mando.replace(nuevos);
    Json(emulador.mando.current())
}

async fn state(State(emulador): App) -> Json<Value> {
    let registro = emulador.state();
    let of = |avance: Avance| registro.sent().filter(|b| b.avance == avance).count();
    Json(json!({
        "mensajes": registro.sent().count(),
        "entregados": of(Avance::Entregado),
        "leidos": of(Avance::Leido),
        "fallidos": of(Avance::Fallido),
        "telefonos": registro.telefonos.len(),
        "plantillas": registro.plantillas.len(),
        "avisos_pendientes": emulador.cola.len(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Destino {
    url: Option<String>,
}

async fn redirect(State(emulador): App, Json(destino): Json<Destino>) -> Response {
    emulador.redirect(destino.url);
    if emulador.cola.destino().is_none() || emulador.register_webhook().await {
        return StatusCode::NO_CONTENT.into_response();
    }
    (StatusCode::BAD_GATEWAY, "el webhook no devolvió el reto").into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Escrito {
    telefono: String,
    #[serde(default)]
    nombre: String,
    texto: String,
}

async fn person(State(emulador): App, Json(escrito): Json<Escrito>) -> Response {
    let hecho = emulador
        .introduce(&escrito.telefono, &escrito.nombre)
        .and_then(|wa| emulador.write(&wa, &escrito.texto));
    match hecho {
        Ok(wamid) => Json(json!({ "wamid": wamid })).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}
