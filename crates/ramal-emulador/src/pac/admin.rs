//! Admin routes of the emulated PAC: counts, receivers' answers, known taxpayers. It deliberately
//! asks for no login.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use ramal_xml::b64;
use serde::Deserialize;
use serde_json::json;

use super::registro::{Conteo, Estado, Evento, Respuesta};
use super::{Contribuyente, Emulador, NUMERO_PAC, RFC_PAC};

/// Routes under `/_emulador`.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route("/_emulador/estado", get(state))
        .route("/_emulador/certificado", get(certificate))
        .route("/_emulador/padron", post(add_taxpayer))
        .route("/_emulador/cancelaciones/{uuid}", post(answer_request))
}

type App = State<Arc<Emulador>>;

async fn state(State(emulador): App) -> Response {
    let registro = emulador.state();
    let sum = |of: fn(&Conteo) -> u64| registro.conteos.values().map(of).sum::<u64>();
    let dobles: Vec<&String> =
        registro.conteos.iter().filter(|(_, c)| c.timbres.len() > 1).map(|(k, _)| k).collect();
    let (timbrados, cancelados) = registro.totals();
    Json(json!({
        "recibidos": sum(|c| c.recibidos),
        "timbrados": timbrados,
        "repetidos": sum(|c| c.repetidos),
        "rechazados": sum(|c| c.rechazos),
        "cancelados": cancelados,
        "dobles": dobles,
        "documentos": registro.conteos,
    }))
    .into_response()
}

async fn certificate(State(emulador): App) -> Response {
    Json(json!({
        "numero": NUMERO_PAC, "rfc": RFC_PAC, "der_base64": b64::encode(emulador.certificado_der()),
    }))
    .into_response()
}

async fn add_taxpayer(State(emulador): App, Json(datos): Json<Contribuyente>) -> Response {
    match emulador.register(datos) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pedido {
    respuesta: Respuesta,
}

async fn answer_request(
    State(emulador): App,
    Path(uuid): Path<String>,
    Json(pedido): Json<Pedido>,
) -> Response {
    let uuid = uuid.to_ascii_uppercase();
    let mut registro = emulador.state();
    let espera = registro.cfdi(&uuid).is_some_and(|c| matches!(c.estado, Estado::EnProceso(_)));
    if !espera {
        return (StatusCode::CONFLICT, "no hay una solicitud en proceso").into_response();
    }
    let evento = Evento::Resuelta { uuid, respuesta: pedido.respuesta };
    match registro.record(evento) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
