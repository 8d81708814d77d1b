//! Admin routes of the emulated gateway: what happened, the switches of the notices, outcomes of a
//! payment. It deliberately asks for no login.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Emulador;
use super::conmutadores::FallasAvisos;
use super::estado::{Alteracion, Pago, Resultado, Situacion};
use super::operaciones::{Desenlace, Negativa};

type App = State<Arc<Emulador>>;

/// Routes under `/_emulador`.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route("/_emulador/estado", get(state))
        .route("/_emulador/avisos", get(read_switches).put(write_switches))
        .route("/_emulador/avisos/enviados", get(notices))
        .route("/_emulador/pagos/{id}/{accion}", post(outcome))
        .route("/_emulador/cuentas/{cuenta}/aviso", put(set_address))
        .route("/_emulador/cuentas/{cuenta}/secreto", put(set_secret))
}

/// Payments by state, references credited twice, and how the notices fared.
async fn state(State(em): App) -> Json<Value> {
    let r = em.state();
    let mut por_estado: BTreeMap<&str, usize> = BTreeMap::new();
    let mut acreditados: BTreeMap<&str, usize> = BTreeMap::new();
    for pago in r.pagos() {
        *por_estado.entry(pago.estado()).or_default() += 1;
        if pago.situacion == Situacion::Acreditado {
            *acreditados.entry(&pago.datos.externa).or_default() += 1;
        }
    }
    let dobles: Vec<&&str> = acreditados.iter().filter(|(_, n)| **n > 1).map(|(k, _)| k).collect();
    let avisos = r.avisos().count();
    let de = |que: Alteracion| r.avisos().filter(|a| a.alteracion == que).count();
    Json(json!({
        "pagos": por_estado,
        "dobles": dobles,
        "avisos": {
            "hechos": avisos,
            "entregados": r.avisos().filter(|a| a.is_entregado()).count(),
            "por_enviar": r.por_enviar().count(),
            "perdidos": de(Alteracion::Perdido),
            "falsificados": de(Alteracion::Falsificado),
            "vencidos": de(Alteracion::Vencido),
            "sin_firma": de(Alteracion::SinFirma),
        },
    }))
}

/// The notices with everything that was sent and answered, newest first; the last 500.
async fn notices(State(em): App) -> Json<Value> {
    let r = em.state();
    let lista: Vec<Value> = r.avisos().take(500).map(|a| json!(a)).collect();
    Json(json!({ "datos": lista }))
}

async fn read_switches(State(em): App) -> Json<FallasAvisos> {
    Json(em.conmutadores.current())
}

async fn write_switches(State(em): App, Json(fallas): Json<FallasAvisos>) -> Json<FallasAvisos> {
    em.conmutadores.replace(fallas);
    Json(em.conmutadores.current())
}

async fn outcome(State(em): App, Path((id, accion)): Path<(String, String)>) -> Response {
    match act(&em, &id, &accion) {
        Ok(pago) => Json(json!({ "id": pago.id, "estado": pago.estado() })).into_response(),
        Err(Negativa::NoExiste) => StatusCode::NOT_FOUND.into_response(),
        Err(Negativa::Invalido(_, m)) => (StatusCode::UNPROCESSABLE_ENTITY, m).into_response(),
        Err(Negativa::Conflicto(_, m)) => (StatusCode::CONFLICT, m).into_response(),
        Err(Negativa::Disco(e)) => {
            (StatusCode::INTERNAL_SERVER_ERROR, e.to_string()).into_response()
        }
    }
}

/// Makes something happen to a payment: `acreditar`, `rechazar`, `revisar`, `devolver`,
/// `contracargo`, `ganar`, `perder`.
pub fn act(em: &Emulador, id: &str, accion: &str) -> Result<Pago, Negativa> {
    let mut r = em.state();
    match accion {
        "acreditar" => em.settle(&mut r, id, Desenlace::Aprueba),
        "rechazar" => em.settle(&mut r, id, Desenlace::Rechaza),
        "revisar" => em.settle(&mut r, id, Desenlace::Revisa),
        "devolver" => {
            let pago = r.pago(id).ok_or(Negativa::NoExiste)?;
            let queda = pago.recibido - pago.devuelto();
            em.refund(&mut r, id, queda, BTreeMap::new()).map(|(pago, _)| pago)
        }
        "contracargo" => em.dispute(&mut r, id),
        "ganar" => em.close_dispute(&mut r, id, Resultado::Ganado),
        "perder" => em.close_dispute(&mut r, id, Resultado::Perdido),
        _ => Err(Negativa::Invalido("accion", "no existe".to_owned())),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Direccion {
    url: String,
}

async fn set_address(
    State(em): App,
    Path(cuenta): Path<String>,
    Json(d): Json<Direccion>,
) -> StatusCode {
    em.set_aviso(&cuenta, &d.url);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NuevoSecreto {
    secreto: String,
}

async fn set_secret(
    State(em): App,
    Path(cuenta): Path<String>,
    Json(n): Json<NuevoSecreto>,
) -> StatusCode {
    em.rotate(&cuenta, &n.secreto);
    StatusCode::NO_CONTENT
}
