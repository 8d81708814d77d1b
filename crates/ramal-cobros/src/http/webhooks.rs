//! Doors of the gateways: judge, keep, answer at once. Nothing is processed here.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ramal_pasarelas::{AvisoCrudo, RechazoAviso};
use ramal_web::App;
use serde_json::json;

use super::Puertas;
use crate::actions::{receive_webhook, refuse_webhook};

/// Largest notice, bytes. Source: integrations.md 0.
pub const MAXIMO: usize = 1024 * 1024;

type Cuerpo = Result<Bytes, BytesRejection>;

/// `POST /webhooks/emulada`
pub async fn emulada(
    State(app): State<App>,
    puertas: Puertas,
    consulta: RawQuery,
    cabeceras: HeaderMap,
    cuerpo: Cuerpo,
) -> Response {
    received(&app, &puertas, "emulada", (consulta, cabeceras, cuerpo)).await
}

/// `POST /webhooks/mercadopago`
pub async fn mercadopago(
    State(app): State<App>,
    puertas: Puertas,
    consulta: RawQuery,
    cabeceras: HeaderMap,
    cuerpo: Cuerpo,
) -> Response {
    received(&app, &puertas, "mercadopago", (consulta, cabeceras, cuerpo)).await
}

/// `POST /webhooks/stripe`
pub async fn stripe(
    State(app): State<App>,
    puertas: Puertas,
    consulta: RawQuery,
    cabeceras: HeaderMap,
    cuerpo: Cuerpo,
) -> Response {
    received(&app, &puertas, "stripe", (consulta, cabeceras, cuerpo)).await
}

/// 200 for what is kept, known or not; 401 and a counter for what is not vouched for; 503 while the
/// database is away, so that the gateway sends it again.
async fn received(
    app: &App,
    puertas: &Puertas,
    codigo: &'static str,
    (RawQuery(consulta), cabeceras, cuerpo): (RawQuery, HeaderMap, Cuerpo),
) -> Response {
    let Some(pasarela) = puertas.get(codigo) else {
        return answer(StatusCode::NOT_FOUND, "pasarela_sin_configurar");
    };
    let cuerpo = match cuerpo {
        Ok(cuerpo) if cuerpo.len() <= MAXIMO => cuerpo,
        _ => return refused(app, codigo, &RechazoAviso::Enorme).await,
    };
    let ahora = app.cx.now();
    let crudo = AvisoCrudo::of_http(&cabeceras, consulta.as_deref(), &cuerpo, ahora);
    let cx = app.cx.as_actor(&format!("pasarela:{codigo}"));
    match receive_webhook(&app.db, &cx, pasarela.as_ref(), &crudo).await {
        Ok(Ok(_)) => answer(StatusCode::OK, "recibido"),
        Ok(Err(rechazo)) => refused(app, codigo, &rechazo).await,
        Err(error) => {
            tracing::error!(%error, pasarela = codigo, "a notice could not be kept");
            let respuesta = answer(StatusCode::SERVICE_UNAVAILABLE, "base_ausente");
            ([(header::RETRY_AFTER, "30")], respuesta).into_response()
        }
    }
}

async fn refused(app: &App, codigo: &'static str, rechazo: &RechazoAviso) -> Response {
    let motivo = rechazo.motivo();
    tracing::warn!(pasarela = codigo, motivo, "a notice was refused");
    if let Err(error) = refuse_webhook(&app.db, &app.cx, codigo, motivo).await {
        tracing::error!(%error, pasarela = codigo, motivo, "a refused notice was not counted");
    }
    match rechazo {
        RechazoAviso::Enorme => answer(StatusCode::PAYLOAD_TOO_LARGE, motivo),
        _ => answer(StatusCode::UNAUTHORIZED, motivo),
    }
}

/// Programs read this: no page, and no word that helps who forges.
fn answer(estado: StatusCode, codigo: &str) -> Response {
    let cuerpo = Json(json!({ "codigo": codigo }));
    (estado, [(header::CACHE_CONTROL, "no-store")], cuerpo).into_response()
}
