//! Security headers: those of programs and those of pages. It weakens none that a handler set.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::App;
use crate::vestido::is_machine;

static DE_TODOS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

static DE_PROGRAMAS: [(HeaderName, &str); 3] = [
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

/// `Referrer-Policy` is not `no-referrer` because browsers would then send `Origin: null` with our
/// own forms, and an old one has nothing else to tell ours from a foreign one.
static DE_PAGINAS: [(HeaderName, &str); 5] = [
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "private, no-cache"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ),
];

/// One year, for every subdomain that the certificate covers.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds the security headers that the handler did not set itself.
pub(crate) async fn secure(State(app): State<App>, peticion: Request, next: Next) -> Response {
    let programa = is_machine(peticion.uri().path());
    let mut respuesta = next.run(peticion).await;
    let cabeceras = respuesta.headers_mut();
    put(cabeceras, &DE_TODOS);
    put(cabeceras, if programa { &DE_PROGRAMAS[..] } else { &DE_PAGINAS[..] });
    if app.entorno.is_https() {
        cabeceras.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    respuesta
}

fn put(cabeceras: &mut HeaderMap, todas: &[(HeaderName, &'static str)]) {
    for (nombre, valor) in todas {
        cabeceras.entry(nombre).or_insert(HeaderValue::from_static(valor));
    }
}
