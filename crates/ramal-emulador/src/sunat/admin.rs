//! Admin routes of the emulated SUNAT: counts, tickets, certificate. It deliberately asks for no
//! login.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::Emulador;
use super::registro::Conteo;

/// Routes under `/_emulador`.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route("/_emulador/estado", get(state))
        .route("/_emulador/certificado", get(certificate))
        .route("/_emulador/tickets/{numero}", post(process))
}

type App = State<Arc<Emulador>>;

async fn state(State(emulador): App) -> Response {
    let mut registro = emulador.state();
    if let Err(fallo) = emulador.process_due(&mut registro) {
        return (StatusCode::INTERNAL_SERVER_ERROR, fallo.mensaje).into_response();
    }
    let sum = |of: fn(&Conteo) -> u64| registro.conteos.values().map(of).sum::<u64>();
    let dobles: Vec<&String> =
        registro.conteos.iter().filter(|(_, c)| c.aceptaciones > 1).map(|(k, _)| k).collect();
    let (aceptados, rechazados, bajas) = registro.totals();
    let tickets: serde_json::Map<String, Value> = registro
        .tickets
        .iter()
        .map(|(numero, t)| {
            let codigo = t.resultado.as_ref().map(|(codigo, _)| codigo);
            (numero.clone(), json!({ "archivo": t.nombre.base(), "codigo": codigo }))
        })
        .collect();
    Json(json!({
        "recibidos": sum(|c| c.recibidos),
        "repetidos": sum(|c| c.repetidos),
        "aceptados": aceptados,
        "rechazados": rechazados,
        "bajas": bajas,
        "dobles": dobles,
        "tickets": tickets,
        "documentos": registro.conteos,
    }))
    .into_response()
}

async fn certificate(State(emulador): App) -> Response {
    let cuerpo = json!({ "ruc": super::RUC_SUNAT, "der_base64": emulador.certificado_base64() });
    Json(cuerpo).into_response()
}

/// Processes a ticket now, whatever its delay.
async fn process(State(emulador): App, Path(numero): Path<String>) -> Response {
    let mut registro = emulador.state();
    match emulador.process(&mut registro, &numero) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(fallo) => (StatusCode::NOT_FOUND, fallo.mensaje).into_response(),
    }
}
