//! What both servers share over HTTP: listening, transport faults, the switch routes. It
//! deliberately reads no document.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::fallas::{Control, FallaHttp, Fallas};

/// Largest request read, bytes.
const MAX_CUERPO: usize = 8 * 1024 * 1024;

/// Serves `router` at `addr` until `cancel`; port 0 takes a free one.
///
/// Gives the bound address as soon as it listens; the server goes on in a task of its own.
/// Errors: the address is taken or not allowed.
pub async fn servir(
    router: Router,
    addr: SocketAddr,
    cancel: CancellationToken,
) -> Result<SocketAddr, Error> {
    let listener = tokio::net::TcpListener::bind(addr).await?;
    let local = listener.local_addr()?;
    tokio::spawn(async move {
        let fin = cancel.cancelled_owned();
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(fin).await {
            tracing::error!(%error, "el emulador dejó de escuchar");
        }
    });
    Ok(local)
}

/// Puts the faults in front of the business routes and the switches beside them.
pub fn wrap(negocio: Router, control: Arc<Control>) -> Router {
    let fallas = Router::new()
        .route("/_emulador/fallas", get(read_fallas).put(write_fallas))
        .with_state(control.clone());
    negocio
        .layer(from_fn_with_state(control, attend))
        .merge(fallas)
        .layer(DefaultBodyLimit::max(MAX_CUERPO))
}

/// Runs CPU-bound work outside the reactor; a broken task is an HTTP 500, as anywhere.
pub async fn blocking<F>(work: F) -> Response
where
    F: FnOnce() -> Response + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(response) => response,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// An answer of text in a given type.
pub fn content(estado: StatusCode, tipo: &'static str, cuerpo: Vec<u8>) -> Response {
    (estado, [(header::CONTENT_TYPE, tipo)], cuerpo).into_response()
}

async fn read_fallas(State(control): State<Arc<Control>>) -> Json<Fallas> {
    Json(control.current())
}

async fn write_fallas(
    State(control): State<Arc<Control>>,
    Json(fallas): Json<Fallas>,
) -> Json<Fallas> {
    control.replace(fallas);
    Json(control.current())
}

/// A request once received is attended to its end, even if the client hangs up: so do authorities.
async fn attend(State(control): State<Arc<Control>>, request: Request, next: Next) -> Response {
    if !applies(&control, &request) {
        return next.run(request).await;
    }
    let task = tokio::spawn(attend_with_faults(control, request, next));
    task.await.unwrap_or_else(|_| cut())
}

async fn attend_with_faults(control: Arc<Control>, request: Request, next: Next) -> Response {
    sleep(control.latency()).await;
    if control.fires(|f| &mut f.cortar_antes) {
        return cut();
    }
    if let Some(falla) = control.http() {
        return page(&falla);
    }
    let response = if control.fires(|f| &mut f.procesar_dos_veces) {
        run_twice(request, next).await
    } else {
        next.run(request).await
    };
    if control.fires(|f| &mut f.demorar_respuesta) {
        sleep(control.get(|f| f.demora_ms)).await;
    }
    if control.fires(|f| &mut f.cortar_despues) {
        return cut();
    }
    response
}

async fn run_twice(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, MAX_CUERPO).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let first = Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    drop(next.clone().run(first).await);
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

fn applies(control: &Control, request: &Request) -> bool {
    let accion = request.headers().get("SOAPAction").and_then(|v| v.to_str().ok()).unwrap_or("");
    let ruta = request.uri().path();
    control.get(|f| {
        f.operaciones.is_empty()
            || f.operaciones
                .iter()
                .any(|o| ruta.contains(o.as_str()) || accion.contains(o.as_str()))
    })
}

async fn sleep(ms: u64) {
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

/// An answer whose body fails before its first byte: the server closes the connection mute.
pub fn cut() -> Response {
    let nada = futures_util::stream::once(async {
        Err::<Bytes, std::io::Error>(std::io::ErrorKind::ConnectionAborted.into())
    });
    Response::new(Body::from_stream(nada))
}

/// The answer of a switch.
pub fn page(falla: &FallaHttp) -> Response {
    let estado = StatusCode::from_u16(falla.estado).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    if falla.html {
        let html = "<html><head><title>Error</title></head><body><h1>Servicio no disponible\
                    </h1></body></html>";
        return content(estado, "text/html; charset=utf-8", html.into());
    }
    estado.into_response()
}
