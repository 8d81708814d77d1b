//! Resumable upload of the examples of templates: a session, then its bytes, then a handle. It
//! keeps no content: an example is looked at once, when the template is reviewed.

use std::sync::{Arc, PoisonError};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Emulador;
use super::fallo::Fallo;
use super::graph::{check_version, enter};
use super::medios;

type App = State<Arc<Emulador>>;

/// What was announced of a file.
#[derive(Clone, Debug, Deserialize)]
pub struct Anuncio {
    file_length: usize,
    file_type: String,
    #[serde(default)]
    file_name: String,
}

impl Emulador {
    /// Whether a handle was given here.
    pub(super) fn is_muestra(&self, handle: &str) -> bool {
        let dadas = self.muestras.lock().unwrap_or_else(PoisonError::into_inner);
        dadas.contains_key(handle)
    }
}

/// `POST /{version}/app/uploads`: opens a session.
pub async fn open(
    State(emulador): App,
    Path(version): Path<String>,
    Query(anuncio): Query<Anuncio>,
    cabeceras: HeaderMap,
) -> Result<Json<Value>, Fallo> {
    enter(&emulador, &version, &cabeceras)?;
    let tipos = ["application/pdf", "image/jpeg", "image/png", "video/mp4"];
    if !tipos.contains(&anuncio.file_type.as_str()) || anuncio.file_length == 0 {
        return Err(Fallo::parametro("file_type or file_length is not supported."));
    }
    let mut sesiones = emulador.muestras.lock().unwrap_or_else(PoisonError::into_inner);
    let id = format!("upload:RMT{:08}", sesiones.len() + 1);
    sesiones.insert(id.clone(), anuncio);
    Ok(Json(json!({ "id": format!("{id}?sig=ARemulada") })))
}

/// `POST /{version}/upload:…`: the bytes, whole. The word of the header is another one here.
pub async fn fill(
    State(emulador): App,
    Path((version, id)): Path<(String, String)>,
    cabeceras: HeaderMap,
    cuerpo: Bytes,
) -> Result<Json<Value>, Fallo> {
    check_version(&version)?;
    let propio = format!("OAuth {}", emulador.opciones.token);
    let dado = cabeceras.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    if dado != Some(propio.as_str()) {
        return Err(Fallo::new(190, "Invalid OAuth access token."));
    }
    if cabeceras.get("file_offset").is_none_or(|o| o != "0") {
        return Err(Fallo::parametro("file_offset must be 0."));
    }
    let mut sesiones = emulador.muestras.lock().unwrap_or_else(PoisonError::into_inner);
    let anuncio = sesiones.get(&id).cloned().ok_or_else(|| Fallo::unknown(&id))?;
    if cuerpo.len() != anuncio.file_length {
        return Err(Fallo::parametro("the file is not as long as it was announced."));
    }
    medios::read(&anuncio.file_name, &anuncio.file_type, &cuerpo, 0)?;
    let handle = format!("4::{}", hex::encode(Sha256::digest(&cuerpo)));
    sesiones.insert(handle.clone(), anuncio);
    Ok(Json(json!({ "h": handle })))
}
