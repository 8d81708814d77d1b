//! What surrounds every request: id, access log, security headers, compression, panics, bare
//! errors, dressed refusals, limits. It knows no route and looks at no body.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use ramal_base::Problema;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate};
use tower_http::compression::{CompressionLayer, DefaultPredicate};
use tower_http::timeout::TimeoutLayer;
use tracing::Instrument;

use crate::caracteres::has_forbidden_uri;
use crate::pagina::sitio::Menu;
use crate::vestido::{self, Vestidor};
use crate::{App, Problem, cabeceras, direccion, limites};

/// Time that a request has from its first byte to its answer.
pub const TIEMPO_MAXIMO: Duration = Duration::from_secs(60);

/// Largest body, in bytes; a route that takes uploads raises it with its own `DefaultBodyLimit`.
pub const CUERPO_MAXIMO: usize = 2 * 1024 * 1024;

/// Header of the request's id, on the way in (kept if it is harmless) and on the way out.
pub const CABECERA_CID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts every layer around the routes; the first to be added is the innermost.
pub(crate) fn wrap(router: Router<App>, app: &App, menu: Arc<Menu>) -> Router<App> {
    let vestidor = Vestidor { app: app.clone(), menu };
    let comprime = NotForContentType::new("application/pdf")
        .and(NotForContentType::new("application/zip"))
        .and(DefaultPredicate::new());
    router
        .layer(middleware::from_fn(refuse_control_characters))
        .layer(DefaultBodyLimit::max(CUERPO_MAXIMO))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIEMPO_MAXIMO))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(app.clone(), limites::limit))
        .layer(middleware::from_fn(dress_bare_errors))
        .layer(middleware::from_fn_with_state(vestidor, vestido::dress))
        .layer(middleware::from_fn_with_state(app.clone(), cabeceras::secure))
        .layer(CompressionLayer::new().compress_when(comprime))
        .layer(middleware::from_fn_with_state(app.clone(), log_access))
}

/// Marker of request ids.
struct Peticion;

/// One line per request: method, route template, status and duration. Never the query, the body or
/// who it is about.
async fn log_access(State(app): State<App>, mut peticion: Request, next: Next) -> Response {
    let cid = cid_of(peticion.headers()).unwrap_or_else(|| app.cx.new_id::<Peticion>().to_string());
    let cabecera = HeaderValue::from_str(&cid).ok();
    if let Some(valor) = &cabecera {
        peticion.headers_mut().insert(CABECERA_CID, valor.clone());
    }
    direccion::note(&mut peticion, &app);
    let metodo = peticion.method().clone();
    let ruta = peticion.extensions().get::<MatchedPath>().map(|m| m.as_str().to_owned());
    let inicio = app.cx.now().millis();
    let span = tracing::info_span!("peticion", cid = %cid);
    let mut respuesta = next.run(peticion).instrument(span.clone()).await;
    if let Some(valor) = cabecera {
        respuesta.headers_mut().insert(CABECERA_CID, valor);
    }
    let duracion_ms = app.cx.now().millis().saturating_sub(inicio);
    let (ruta, estado) = (ruta.as_deref().unwrap_or("-"), respuesta.status().as_u16());
    span.in_scope(|| tracing::info!(%metodo, ruta, estado, duracion_ms, "request served"));
    respuesta
}

/// The caller's request id if it is short and cannot forge a log line.
fn cid_of(cabeceras: &HeaderMap) -> Option<String> {
    let texto = cabeceras.get(CABECERA_CID)?.to_str().ok()?;
    let sano = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let bien = (1..=64).contains(&texto.len()) && texto.chars().all(sano);
    bien.then(|| texto.to_owned())
}

/// Turns errors that the framework answers as plain text (405, 413, 503 of the timeout) into
/// problem+json, keeping their `Allow`.
async fn dress_bare_errors(peticion: Request, next: Next) -> Response {
    let respuesta = next.run(peticion).await;
    let estado = respuesta.status();
    if !(estado.is_client_error() || estado.is_server_error()) || is_dressed(respuesta.headers()) {
        return respuesta;
    }
    let mut vestida = Problem::of_status(estado).into_response();
    if let Some(allow) = respuesta.headers().get(header::ALLOW) {
        vestida.headers_mut().insert(header::ALLOW, allow.clone());
    }
    vestida
}

fn is_dressed(cabeceras: &HeaderMap) -> bool {
    let tipo = cabeceras.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    tipo.starts_with("application/") || tipo.starts_with("text/html")
}

/// The panic's text may quote data: the hook prints it once for the operator, the caller never sees
/// it.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    Problem(Problema::interno()).into_response()
}

async fn refuse_control_characters(peticion: Request, next: Next) -> Response {
    let uri = peticion.uri();
    let consulta = uri.query().unwrap_or("");
    if has_forbidden_uri(uri.path()) || has_forbidden_uri(consulta) {
        let detalle = "La dirección lleva un carácter de control; quítelo.";
        let titulo = "Petición no válida";
        return Problem::new(400, "caracter_no_permitido", titulo, detalle).into_response();
    }
    next.run(peticion).await
}
