//! Deliveries of WhatsApp: the handshake, and what is posted. The signature of the raw bytes is the
//! only proof; what is believed is kept and answered at once, and read later by a job.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ramal_canales::Secreto;
use ramal_canales::whatsapp::webhook::{
    CABECERA_FIRMA, FirmaRechazada, MAX_CUERPO, handshake, verify,
};
use ramal_plataforma::{Sello, get_secret};
use ramal_web::{App, Problem};
use serde::Deserialize;

use crate::entrada::recibir;
use crate::storage::lineas;

/// Largest delivery, bytes.
pub const MAXIMO: usize = MAX_CUERPO;

/// Query of the handshake.
#[derive(Deserialize)]
pub struct Saludo {
    #[serde(rename = "hub.mode", default)]
    modo: String,
    #[serde(rename = "hub.verify_token", default)]
    testigo: String,
    #[serde(rename = "hub.challenge", default)]
    reto: String,
}

/// Opened secrets of every line with one of these names.
async fn secrets(app: &App, sello: &Sello, cuales: &[&str]) -> Result<Vec<Secreto>, Problem> {
    let mut abiertos = Vec::new();
    for linea in lineas::lineas(&app.db).await? {
        for cual in cuales {
            if let Some(claro) = get_secret(&app.db, sello, &linea.secreto(cual)).await? {
                abiertos.push(Secreto::new(String::from_utf8_lossy(&claro)));
            }
        }
    }
    Ok(abiertos)
}

/// `GET /webhooks/whatsapp`: the challenge, raw, to whoever knows the token of one of our lines.
pub async fn saludar(
    State(app): State<App>,
    Extension(sello): Extension<Arc<Sello>>,
    Query(saludo): Query<Saludo>,
) -> Result<Response, Problem> {
    for propio in secrets(&app, &sello, &["verify_token"]).await? {
        if let Some(reto) = handshake(&saludo.modo, &saludo.testigo, &saludo.reto, &propio) {
            let tipo = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
            return Ok((StatusCode::OK, tipo, reto.to_owned()).into_response());
        }
    }
    Ok(refused())
}

fn refused() -> Response {
    (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/plain")], "").into_response()
}

/// `POST /webhooks/whatsapp`: kept raw, then 200. 403 and counted if the signature is not of one of
/// our applications; nothing of it is kept.
pub async fn recibir(
    State(app): State<App>,
    Extension(sello): Extension<Arc<Sello>>,
    cabeceras: HeaderMap,
    cuerpo: Bytes,
) -> Result<Response, Problem> {
    let secretos = secrets(&app, &sello, &["app_secret", "app_secret_anterior"]).await?;
    let firma = cabeceras.get(CABECERA_FIRMA).and_then(|v| v.to_str().ok());
    let cx = app.cx.as_actor("proveedor:whatsapp");
    let creida = verify(&secretos, &cuerpo, firma);
    let tx = app.db.begin().await?;
    match creida {
        Ok(()) => recibir::keep(&tx, &cx, &cuerpo).await?,
        Err(error) => {
            tracing::warn!(%error, "a delivery of WhatsApp was refused");
            recibir::refuse(&tx, &cx, reason(error)).await?;
        }
    }
    tx.commit().await?;
    Ok(if creida.is_ok() { StatusCode::OK.into_response() } else { refused() })
}

fn reason(error: FirmaRechazada) -> &'static str {
    match error {
        FirmaRechazada::SinSecreto => "sin_secreto",
        FirmaRechazada::Ausente => "ausente",
        FirmaRechazada::Forma => "forma",
        FirmaRechazada::Falsa => "falsa",
    }
}
