//! Notices that survive one redirect, in a signed cookie that the next page takes away. It keeps
//! nothing on the server.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::{App, Firma};

/// Name of the cookie.
pub const GALLETA: &str = "ramal_avisos";
const USO: &str = "aviso";
const MAXIMO: usize = 3;

/// How a notice is heard: success and information politely, an error at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clase {
    /// Something was done.
    Ok,
    /// Something to know.
    Info,
    /// Something went wrong.
    Mal,
}

impl Clase {
    /// Suffix of the class: `ok`, `info` or `mal`.
    pub fn es(self) -> &'static str {
        match self {
            Clase::Ok => "ok",
            Clase::Info => "info",
            Clase::Mal => "mal",
        }
    }
}

/// A notice, with an undo if the act has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aviso {
    /// How it is heard.
    pub clase: Clase,
    /// What happened and with what reference.
    pub texto: String,
    /// Address to which `Deshacer` posts.
    pub deshacer: Option<String>,
}

impl Aviso {
    /// Something was done.
    pub fn ok(texto: impl Into<String>) -> Aviso {
        Aviso { clase: Clase::Ok, texto: texto.into(), deshacer: None }
    }

    /// Something to know.
    pub fn info(texto: impl Into<String>) -> Aviso {
        Aviso { clase: Clase::Info, ..Aviso::ok(texto) }
    }

    /// Something went wrong.
    pub fn mal(texto: impl Into<String>) -> Aviso {
        Aviso { clase: Clase::Mal, ..Aviso::ok(texto) }
    }

    /// Offers to undo by a POST to a path of this site.
    #[must_use]
    pub fn undo(self, ruta: impl Into<String>) -> Aviso {
        Aviso { deshacer: Some(ruta.into()), ..self }
    }
}

/// 303 to a path of this site, leaving notices for the page that follows.
pub fn redirect(app: &App, ruta: &str, avisos: &[Aviso]) -> Response {
    let destino = if is_local(ruta) { ruta } else { "/" };
    let Ok(lugar) = HeaderValue::from_str(destino) else {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response();
    };
    let mut respuesta = (StatusCode::SEE_OTHER, [(header::LOCATION, lugar)]).into_response();
    if let Some(galleta) = cookie(app, avisos) {
        respuesta.headers_mut().append(header::SET_COOKIE, galleta);
    }
    respuesta
}

/// Whether a path stays on this site: begins with one slash, holds no backslash nor control
/// character, so that no browser reads a host in it.
pub fn is_local(ruta: &str) -> bool {
    let resto = ruta.strip_prefix('/');
    let limpio = ruta.bytes().all(|b| b > b' ' && b < 0x7f && b != b'\\');
    limpio && resto.is_some_and(|r| !r.starts_with('/'))
}

fn cookie(app: &App, avisos: &[Aviso]) -> Option<HeaderValue> {
    if avisos.is_empty() {
        return None;
    }
    let ultimos = &avisos[avisos.len().saturating_sub(MAXIMO)..];
    let json = serde_json::to_vec(ultimos).ok()?;
    let firmado = app.entorno.firma.sign(USO, &URL_SAFE_NO_PAD.encode(json));
    let seguro = if app.entorno.is_https() { "; Secure" } else { "" };
    let texto = format!("{GALLETA}={firmado}; Path=/; HttpOnly; SameSite=Lax; Max-Age=120{seguro}");
    HeaderValue::from_str(&texto).ok()
}

/// Takes the cookie away.
pub(crate) fn clearing(app: &App) -> HeaderValue {
    if app.entorno.is_https() {
        HeaderValue::from_static("ramal_avisos=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure")
    } else {
        HeaderValue::from_static("ramal_avisos=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
    }
}

/// The notices of a cookie's value; none if it was touched.
pub(crate) fn read(firma: &Firma, valor: &str) -> Vec<Aviso> {
    let bytes = firma.open(USO, valor).and_then(|texto| URL_SAFE_NO_PAD.decode(texto).ok());
    bytes.and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default()
}
