//! Files of the browser, inside the program: style, script, icons and the library that the build
//! took from npm. Each answers at an address made from its content. It reads no disk.

use std::io::Write;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::Problem;

/// Template of the addresses.
pub const RUTA: &str = "/estatico/{huella}/{nombre}";

static ARCHIVOS: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/estatico.rs"));

/// A file ready to be served.
struct Recurso {
    nombre: &'static str,
    huella: String,
    ruta: String,
    bytes: &'static [u8],
    gzip: Option<Vec<u8>>,
}

static RECURSOS: LazyLock<Vec<Recurso>> =
    LazyLock::new(|| ARCHIVOS.iter().map(|(nombre, bytes)| Recurso::new(nombre, bytes)).collect());

impl Recurso {
    fn new(nombre: &'static str, bytes: &'static [u8]) -> Recurso {
        let mut huella = hex::encode(Sha256::digest(bytes));
        huella.truncate(16);
        let ruta = format!("/estatico/{huella}/{nombre}");
        let gzip = compressed(bytes).filter(|g| g.len() < bytes.len());
        Recurso { nombre, huella, ruta, bytes, gzip }
    }
}

fn compressed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut escritor = GzEncoder::new(Vec::new(), Compression::best());
    escritor.write_all(bytes).ok()?;
    escritor.finish().ok()
}

fn find(nombre: &str) -> Option<&'static Recurso> {
    RECURSOS.iter().find(|r| r.nombre == nombre)
}

/// Address of a file by its name; `/estatico/-/falta`, which nothing answers, if there is no such
/// file.
pub fn address(nombre: &str) -> &'static str {
    find(nombre).map_or("/estatico/-/falta", |r| r.ruta.as_str())
}

/// Answers a file. An old fingerprint (a page open since before an update) gets the present file,
/// which nobody may keep.
pub async fn serve(
    Path((huella, nombre)): Path<(String, String)>,
    cabeceras: HeaderMap,
) -> Response {
    let Some(recurso) = find(&nombre) else {
        return Problem::of_status(StatusCode::NOT_FOUND).into_response();
    };
    let guardar =
        if recurso.huella == huella { "public, max-age=31536000, immutable" } else { "no-cache" };
    let etag = format!("\"{}\"", recurso.huella);
    let mut respuesta = if asked_for(&cabeceras, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body(recurso, accepts_gzip(&cabeceras))
    };
    let salida = respuesta.headers_mut();
    salida.insert(header::CACHE_CONTROL, HeaderValue::from_static(guardar));
    salida.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(valor) = HeaderValue::from_str(&etag) {
        salida.insert(header::ETAG, valor);
    }
    respuesta
}

fn body(recurso: &'static Recurso, gzip: bool) -> Response {
    let tipo = HeaderValue::from_static(media_type(recurso.nombre));
    let mut respuesta = match &recurso.gzip {
        Some(comprimido) if gzip => {
            let mut respuesta = comprimido.as_slice().into_response();
            let gzip = HeaderValue::from_static("gzip");
            respuesta.headers_mut().insert(header::CONTENT_ENCODING, gzip);
            respuesta
        }
        _ => recurso.bytes.into_response(),
    };
    respuesta.headers_mut().insert(header::CONTENT_TYPE, tipo);
    respuesta
}

fn asked_for(cabeceras: &HeaderMap, etag: &str) -> bool {
    let texto = cabeceras.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or("");
    texto.split(',').map(str::trim).any(|e| e.trim_start_matches("W/") == etag)
}

fn accepts_gzip(cabeceras: &HeaderMap) -> bool {
    let texto = cabeceras.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or("");
    texto
        .split(',')
        .map(str::trim)
        .any(|e| e == "gzip" || (e.starts_with("gzip;") && e != "gzip;q=0"))
}

fn media_type(nombre: &str) -> &'static str {
    match nombre.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_changes_with_the_content_of_its_file() {
        let (uno, otro) = (Recurso::new("a.css", b"a{}"), Recurso::new("a.css", b"b{}"));
        assert_ne!(uno.ruta, otro.ruta);
        assert!(address("htmx.min.js").ends_with("/htmx.min.js"));
        assert_eq!(address("../Cargo.toml"), "/estatico/-/falta");
    }
}
