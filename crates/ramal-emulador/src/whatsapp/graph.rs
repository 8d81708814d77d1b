//! Routes of the Graph API: token, ids, files and templates. It judges no message: `envio` does.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Emulador;
use super::fallo::Fallo;
use super::interruptores::Revision;
use super::medios::{self, VIDA_MS};
use super::muestras;
use super::plantilla_alta;
use super::tipos::{Evento, Plantilla};
use crate::servidor::{cut, page};

/// Largest file with its form, bytes.
const MAX_ARCHIVO: usize = 101 * 1024 * 1024;
/// Life of the address of a file, ms.
const VIDA_ENLACE_MS: i64 = 5 * 60_000;

type App = State<Arc<Emulador>>;

/// Everything under `/{version}`, and the downloads.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route(
            "/{version}/{id}",
            get(read_object)
                .delete(delete_object)
                .post(muestras::fill)
                .layer(DefaultBodyLimit::max(MAX_ARCHIVO)),
        )
        .route("/{version}/app/uploads", post(muestras::open))
        .route("/{version}/{id}/messages", post(messages))
        .route("/{version}/{id}/media", post(upload).layer(DefaultBodyLimit::max(MAX_ARCHIVO)))
        .route(
            "/{version}/{id}/message_templates",
            get(list_templates).post(create_template).delete(delete_template),
        )
        .route("/{version}/{id}/subscribed_apps", post(subscribe))
        .route("/descargas/{id}/{hasta}", get(download))
}

/// Version and token, before anything else.
pub(super) fn enter(
    emulador: &Emulador,
    version: &str,
    cabeceras: &HeaderMap,
) -> Result<(), Fallo> {
    check_version(version)?;
    check_token(emulador, cabeceras)
}

/// Versions that the Graph API still answers.
pub(super) fn check_version(version: &str) -> Result<(), Fallo> {
    let mayor = version.strip_prefix('v').and_then(|v| v.strip_suffix(".0"));
    match mayor.and_then(|m| m.parse::<u32>().ok()) {
        Some(mayor) if (20..=30).contains(&mayor) => Ok(()),
        _ => Err(Fallo::new(2_635, format!("Unknown or deprecated version {version}"))),
    }
}

fn check_token(emulador: &Emulador, cabeceras: &HeaderMap) -> Result<(), Fallo> {
    let propio = format!("Bearer {}", emulador.opciones.token);
    let dado = cabeceras.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    if dado == Some(propio.as_str()) {
        return Ok(());
    }
    Err(Fallo::new(190, "Invalid OAuth access token."))
}

async fn messages(
    State(emulador): App,
    Path((version, id)): Path<(String, String)>,
    cabeceras: HeaderMap,
    cuerpo: String,
) -> Response {
    let ms = emulador.mando.get(|i| i.latencia_ms);
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    if emulador.mando.fires(|i| &mut i.cortar_antes) {
        return cut();
    }
    if emulador.mando.fires(|i| &mut i.http.regla) {
        return page(&emulador.mando.get(|i| i.http.clone()));
    }
    let salida = enter(&emulador, &version, &cabeceras)
        .and_then(|()| expect_id(&id, &emulador.opciones.phone_number_id))
        .and_then(|()| {
            let json = serde_json::from_str(&cuerpo);
            json.map_err(|_| Fallo::parametro("The body is not JSON."))
        })
        .and_then(|json: Value| emulador.post_message(&json));
    if emulador.mando.fires(|i| &mut i.cortar_despues) {
        return cut();
    }
    salida.map(Json).into_response()
}

fn expect_id(id: &str, propio: &str) -> Result<(), Fallo> {
    if id == propio { Ok(()) } else { Err(Fallo::unknown(id)) }
}

async fn upload(
    State(emulador): App,
    Path((version, id)): Path<(String, String)>,
    cabeceras: HeaderMap,
    formulario: Multipart,
) -> Result<Json<Value>, Fallo> {
    enter(&emulador, &version, &cabeceras)?;
    expect_id(&id, &emulador.opciones.phone_number_id)?;
    let (nombre, mime, bytes) = read_form(formulario).await?;
    let ahora = emulador.now().millis();
    let medio = medios::read(&nombre, &mime, &bytes, ahora)?;
    let medio = emulador.keep_file(medio).map_err(|e| Fallo::new(131_000, e.to_string()))?;
    Ok(Json(json!({ "id": medio.id })))
}

/// `messaging_product`, `type` and `file`, which must agree.
async fn read_form(mut formulario: Multipart) -> Result<(String, String, Vec<u8>), Fallo> {
    let roto = |_| Fallo::parametro("The form cannot be read.");
    let (mut producto, mut tipo, mut archivo) = (String::new(), String::new(), None);
    while let Some(campo) = formulario.next_field().await.map_err(roto)? {
        match campo.name().unwrap_or_default() {
            "messaging_product" => producto = campo.text().await.map_err(roto)?,
            "type" => tipo = campo.text().await.map_err(roto)?,
            "file" => {
                let nombre = campo.file_name().unwrap_or_default().to_owned();
                let mime = campo.content_type().unwrap_or_default().to_owned();
                archivo = Some((nombre, mime, campo.bytes().await.map_err(roto)?.to_vec()));
            }
            otro => return Err(Fallo::parametro(format!("Unexpected field {otro}."))),
        }
    }
    if producto != "whatsapp" {
        return Err(Fallo::parametro("The parameter messaging_product is required."));
    }
    let (nombre, mime, bytes) =
        archivo.ok_or_else(|| Fallo::parametro("The parameter file is required."))?;
    if !tipo.is_empty() && tipo != mime {
        return Err(Fallo::parametro("type is not the content type of the file."));
    }
    Ok((nombre, mime, bytes))
}

async fn read_object(
    State(emulador): App,
    Path((version, id)): Path<(String, String)>,
    cabeceras: HeaderMap,
) -> Result<Json<Value>, Fallo> {
    enter(&emulador, &version, &cabeceras)?;
    let o = &emulador.opciones;
    if id == o.phone_number_id {
        return Ok(Json(json!({ "id": id, "display_phone_number": o.numero,
            "verified_name": o.empresa, "quality_rating": "GREEN" })));
    }
    let ahora = emulador.now().millis();
    let registro = emulador.state();
    let vivo = registro.medio(&id).filter(|m| ahora - m.momento < VIDA_MS);
    let medio = vivo.ok_or_else(|| Fallo::unknown(&id))?;
    let host = cabeceras.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or("127.0.0.1");
    let url = format!("http://{host}/descargas/{id}/{}", ahora + VIDA_ENLACE_MS);
    Ok(Json(json!({ "messaging_product": "whatsapp", "url": url, "mime_type": medio.mime,
        "sha256": medio.sha256, "file_size": medio.peso, "id": id })))
}

async fn delete_object(
    State(emulador): App,
    Path((version, id)): Path<(String, String)>,
    cabeceras: HeaderMap,
) -> Result<Json<Value>, Fallo> {
    enter(&emulador, &version, &cabeceras)?;
    let mut registro = emulador.state();
    if registro.medio(&id).is_none() {
        return Err(Fallo::unknown(&id));
    }
    registro.record(Evento::MedioBorrado(id)).map_err(|e| Fallo::new(131_000, e.to_string()))?;
    Ok(Json(json!({ "success": true })))
}

/// The same token is asked for, and the address dies in five minutes.
async fn download(
    State(emulador): App,
    Path((id, hasta)): Path<(String, i64)>,
    cabeceras: HeaderMap,
) -> Response {
    if let Err(fallo) = check_token(&emulador, &cabeceras) {
        return fallo.into_response();
    }
    let ahora = emulador.now().millis();
    if !(ahora..=ahora + VIDA_ENLACE_MS).contains(&hasta) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match emulador.state().medio_entero(&id) {
        Ok(Some(medio)) => {
            let bytes = medios::bytes(&medio);
            ([(header::CONTENT_TYPE, medio.mime)], bytes).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Deserialize)]
struct Consulta {
    limit: Option<usize>,
    after: Option<String>,
    name: Option<String>,
    status: Option<String>,
}

async fn list_templates(
    State(emulador): App,
    Path((version, id)): Path<(String, String)>,
    Query(consulta): Query<Consulta>,
    cabeceras: HeaderMap,
) -> Result<Json<Value>, Fallo> {
    enter(&emulador, &version, &cabeceras)?;
    expect_id(&id, &emulador.opciones.waba_id)?;
    let limite = consulta.limit.unwrap_or(25).clamp(1, 100);
    let registro = emulador.state();
    let todas: Vec<&Plantilla> = registro
        .plantillas
        .values()
        .filter(|p| consulta.name.as_ref().is_none_or(|n| p.nombre.contains(n.as_str())))
        .filter(|p| consulta.status.as_ref().is_none_or(|e| p.estado == *e))
        .filter(|p| consulta.after.as_ref().is_none_or(|a| p.id > *a))
        .take(limite + 1)
        .collect();
    let hay_mas = todas.len() > limite;
    let pagina: Vec<Value> = todas.iter().take(limite).map(|p| template_json(p)).collect();
    let ids: Vec<&str> = todas.iter().take(limite).map(|p| p.id.as_str()).collect();
    let mut paginas = json!({ "cursors": { "before": ids.first(), "after": ids.last() } });
    if hay_mas {
        paginas["next"] =
            json!(format!("https://graph.facebook.com/{version}/{id}/message_templates"));
    }
    Ok(Json(json!({ "data": pagina, "paging": paginas })))
}

fn template_json(p: &Plantilla) -> Value {
    json!({ "id": p.id, "name": p.nombre, "language": p.idioma, "status": p.estado,
        "category": p.categoria, "parameter_format": p.formato, "components": p.componentes,
        "rejected_reason": if p.estado == "REJECTED" { "INVALID_FORMAT" } else { "NONE" } })
}

async fn create_template(
    State(emulador): App,
    Path((version, id)): Path<(String, String)>,
    cabeceras: HeaderMap,
    Json(cuerpo): Json<Value>,
) -> Result<Json<Value>, Fallo> {
    enter(&emulador, &version, &cabeceras)?;
    expect_id(&id, &emulador.opciones.waba_id)?;
    let nueva = plantilla_alta::read(&cuerpo, |m| emulador.is_muestra(m))?;
    let existe = emulador.state().plantilla(&nueva.nombre, &nueva.idioma).is_some();
    if existe {
        return Err(Fallo::parametro("Content in this language already exists."));
    }
    let roto = |e: crate::Error| Fallo::new(131_000, e.to_string());
    let creada = emulador.add_template(nueva).map_err(roto)?;
    let decidida = match emulador.mando.get(|i| i.revision) {
        Revision::Aprobar => Some("APPROVED"),
        Revision::Rechazar => Some("REJECTED"),
        Revision::Esperar => None,
    };
    if let Some(estado) = decidida {
        emulador.decide_template(&creada.id, estado).map_err(roto)?;
    }
    Ok(Json(json!({ "id": creada.id, "status": "PENDING", "category": creada.categoria })))
}

async fn delete_template(
    State(emulador): App,
    Path((version, id)): Path<(String, String)>,
    Query(consulta): Query<Consulta>,
    cabeceras: HeaderMap,
) -> Result<Json<Value>, Fallo> {
    enter(&emulador, &version, &cabeceras)?;
    expect_id(&id, &emulador.opciones.waba_id)?;
    let nombre = consulta.name.ok_or_else(|| Fallo::parametro("name is required."))?;
    let mut registro = emulador.state();
    let ids: Vec<String> =
        registro.plantillas.values().filter(|p| p.nombre == nombre).map(|p| p.id.clone()).collect();
    if ids.is_empty() {
        return Err(Fallo::unknown(&nombre));
    }
    for id in ids {
        let evento = Evento::PlantillaBorrada(id);
        registro.record(evento).map_err(|e| Fallo::new(131_000, e.to_string()))?;
    }
    Ok(Json(json!({ "success": true })))
}

async fn subscribe(
    State(emulador): App,
    Path((version, id)): Path<(String, String)>,
    cabeceras: HeaderMap,
) -> Result<Json<Value>, Fallo> {
    enter(&emulador, &version, &cabeceras)?;
    expect_id(&id, &emulador.opciones.waba_id)?;
    Ok(Json(json!({ "success": true })))
}
