//! REST dialect of SW sapien. It deliberately offers no route that needs the issuer's CSD.

use std::sync::Arc;

use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use ramal_xml::{b64, sha256};
use serde_json::{Value, json};

use super::Emulador;
use super::rechazo::Rechazo;
use super::registro::Timbrado;
use super::timbrado::Negativa;
use crate::servidor::blocking;

/// Two hours, ms: life of a token.
const VIDA_MS: i64 = 7_200_000;
/// A PNG of one pixel, where the real service draws the QR.
const QR: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAj\
                  CB0C8AAAAASUVORK5CYII=";

/// Routes of the dialect.
pub fn routes() -> Router<Arc<Emulador>> {
    Router::new()
        .route("/v2/security/authenticate", post(authenticate))
        .route("/security/authenticate", post(authenticate_by_headers))
        .route("/v4/cfdi33/stamp/{version}", post(stamp))
        .route("/v4/cfdi33/stamp/{version}/b64", post(stamp_b64))
        .route("/cfdi33/stamp/{version}", post(stamp))
        .route("/cfdi33/stamp/{version}/b64", post(stamp_b64))
        .route("/datawarehouse/v1/live/{uuid}", get(live))
        .route("/cfdi33/cancel/xml", post(cancel))
        .route("/pendings/{rfc}", get(pendings))
        .route("/relations/{rfc}/{uuid}", post(relations))
        .route("/management/v2/api/users/balance", get(balance))
}

type App = State<Arc<Emulador>>;

async fn authenticate(State(emulador): App, Json(datos): Json<Value>) -> Response {
    let de = |campo: &str| datos[campo].as_str().unwrap_or("").to_owned();
    emulador.login(&de("user"), &de("password"))
}

async fn authenticate_by_headers(State(emulador): App, headers: HeaderMap) -> Response {
    let de = |campo: &str| headers.get(campo).and_then(|v| v.to_str().ok()).unwrap_or("");
    emulador.login(de("user"), de("password"))
}

async fn stamp(
    app: App,
    Path(version): Path<String>,
    headers: HeaderMap,
    form: Multipart,
) -> Response {
    receive(app, version, headers, form, Contenido::Crudo).await
}

async fn stamp_b64(
    app: App,
    Path(version): Path<String>,
    headers: HeaderMap,
    form: Multipart,
) -> Response {
    receive(app, version, headers, form, Contenido::Base64).await
}

/// How the XML comes in its part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contenido {
    Crudo,
    Base64,
}

async fn receive(
    State(emulador): App,
    version: String,
    headers: HeaderMap,
    form: Multipart,
    contenido: Contenido,
) -> Response {
    if let Some(negada) = emulador.unauthorized(&headers) {
        return negada;
    }
    let customid = headers.get("customid").and_then(|v| v.to_str().ok()).map(str::to_owned);
    if customid.as_ref().is_some_and(|id| id.is_empty() || id.len() > 100) {
        return failure(&Rechazo::new("CFDI3308", "customid no válido"), Value::Null);
    }
    let Some(bytes) = xml_part(form).await else {
        return failure(
            &Rechazo::new("CFDI33118", "El xml proporcionado viene vacío."),
            Value::Null,
        );
    };
    let bytes = match contenido {
        Contenido::Crudo => Ok(bytes),
        Contenido::Base64 => b64::decode(&String::from_utf8_lossy(&bytes)).map_err(|_| ()),
    };
    let Ok(bytes) = bytes else {
        return failure(&Rechazo::new("301", "el contenido no es base64"), Value::Null);
    };
    blocking(move || match emulador.stamp(&bytes, customid.as_deref()) {
        Ok(timbrado) => success(data(&timbrado, &version)),
        Err(Negativa { rechazo, previo }) => {
            let previo = previo.map_or(Value::Null, |p| previous(&rechazo, &p, &version));
            failure(&rechazo, previo)
        }
    })
    .await
}

/// Bytes of the part called `xml`, or of the first one.
async fn xml_part(mut form: Multipart) -> Option<Vec<u8>> {
    while let Ok(Some(parte)) = form.next_field().await {
        let suya = parte.name().is_none_or(|n| n == "xml");
        let bytes = parte.bytes().await.ok()?;
        if suya {
            return (!bytes.is_empty()).then(|| bytes.to_vec());
        }
    }
    None
}

/// Data of an earlier stamp: 307 brings stamp and document; CFDI3307 only the stamp.
fn previous(rechazo: &Rechazo, previo: &Timbrado, version: &str) -> Value {
    let mut datos = data(previo, version);
    datos["tfd"] = json!(previo.tfd);
    datos["cfdi"] = if rechazo.codigo == "307" { json!(previo.xml) } else { json!("") };
    datos
}

fn data(t: &Timbrado, version: &str) -> Value {
    match version {
        "v1" => json!({ "tfd": t.tfd }),
        "v2" => json!({ "tfd": t.tfd, "cfdi": t.xml }),
        "v3" => json!({ "cfdi": t.xml }),
        _ => json!({
            "cadenaOriginalSAT": t.cadena,
            "noCertificadoSAT": t.no_certificado_sat,
            "noCertificadoCFDI": t.no_certificado,
            "uuid": t.ficha.uuid,
            "selloSAT": t.sello_sat,
            "selloCFDI": t.sello_cfd,
            "fechaTimbrado": t.fecha_timbrado,
            "qrCode": QR,
            "cfdi": t.xml,
        }),
    }
}

async fn live(State(emulador): App, headers: HeaderMap, Path(uuid): Path<String>) -> Response {
    if let Some(negada) = emulador.unauthorized(&headers) {
        return negada;
    }
    let entero = emulador.state().whole(&uuid);
    match entero {
        Ok(Some(t)) => {
            let mut datos = data(&t, "v4");
            datos["tfd"] = json!(t.tfd);
            success(datos)
        }
        _ => {
            let cuerpo = json!({
                "status": "error", "message": "DW1001 - No se encontró el comprobante.",
                "messageDetail": "", "data": null,
            });
            (StatusCode::NOT_FOUND, Json(cuerpo)).into_response()
        }
    }
}

async fn cancel(State(emulador): App, headers: HeaderMap, form: Multipart) -> Response {
    if let Some(negada) = emulador.unauthorized(&headers) {
        return negada;
    }
    let Some(bytes) = xml_part(form).await else {
        return cancel_failure(&Rechazo::new("301", "El xml proporcionado viene vacío."));
    };
    blocking(move || match emulador.cancel(&bytes) {
        Ok(c) => {
            let uuids: serde_json::Map<String, Value> =
                c.folios.iter().map(|f| (f.uuid.clone(), json!(f.estatus))).collect();
            success(json!({ "acuse": c.acuse, "uuid": uuids }))
        }
        Err(rechazo) => cancel_failure(&rechazo),
    })
    .await
}

async fn pendings(State(emulador): App, headers: HeaderMap, Path(rfc): Path<String>) -> Response {
    if let Some(negada) = emulador.unauthorized(&headers) {
        return negada;
    }
    let uuids = emulador.state().pending_of(&rfc);
    success(json!({ "uuid": uuids, "codStatus": "1100" }))
}

async fn relations(
    State(emulador): App,
    headers: HeaderMap,
    Path((_, uuid)): Path<(String, String)>,
) -> Response {
    if let Some(negada) = emulador.unauthorized(&headers) {
        return negada;
    }
    let estado = emulador.state();
    let uuid = uuid.to_ascii_uppercase();
    let hijos: Vec<Value> = estado
        .live_related(&uuid)
        .iter()
        .map(|c| json!({ "uuid": c.ficha.uuid, "rfcEmisor": c.ficha.emisor }))
        .collect();
    success(json!({ "uuidConsultado": uuid, "uuidsRelacionadosHijos": hijos }))
}

async fn balance(State(emulador): App, headers: HeaderMap) -> Response {
    if let Some(negada) = emulador.unauthorized(&headers) {
        return negada;
    }
    let restantes = emulador.control.get(|f| f.timbres_restantes);
    let usados = emulador.state().totals().0;
    success(json!({
        "stampsBalance": restantes.unwrap_or(0),
        "stampsUsed": usados,
        "isUnlimited": restantes.is_none(),
    }))
}

fn success(data: Value) -> Response {
    Json(json!({ "status": "success", "data": data })).into_response()
}

fn failure(rechazo: &Rechazo, data: Value) -> Response {
    let cuerpo = json!({
        "status": "error", "message": rechazo.joined(), "messageDetail": rechazo.mensaje,
        "data": data,
    });
    (StatusCode::BAD_REQUEST, Json(cuerpo)).into_response()
}

fn cancel_failure(rechazo: &Rechazo) -> Response {
    let cuerpo = json!({
        "status": "error",
        "message": "CACFDI33 - Problemas con el xml de cancelación.",
        "messageDetail": format!("CR1{} - {}", rechazo.codigo, rechazo.mensaje),
        "data": null,
    });
    (StatusCode::BAD_REQUEST, Json(cuerpo)).into_response()
}

impl Emulador {
    fn login(&self, user: &str, password: &str) -> Response {
        if (user, password) != (self.opciones.usuario.as_str(), self.opciones.clave.as_str()) {
            let cuerpo = json!({
                "status": "error",
                "message": "AU2000 - El usuario y/o contraseña son inválidos.",
                "messageDetail": "", "data": null,
            });
            return (StatusCode::BAD_REQUEST, Json(cuerpo)).into_response();
        }
        let vence = self.now().millis() + VIDA_MS;
        success(json!({
            "token": self.token(vence),
            "expires_in": vence / 1000,
            "token_type": "Bearer",
        }))
    }

    /// A token that can be checked without keeping it.
    fn token(&self, vence: i64) -> String {
        let texto = format!("{}|{vence}|{}", self.control.semilla(), self.opciones.clave);
        format!("{vence}.{}.{}", self.opciones.usuario.len(), hex::encode(sha256(texto.as_bytes())))
    }

    /// The refusal of a request without a good token.
    fn unauthorized(&self, headers: &HeaderMap) -> Option<Response> {
        let valor = headers.get("authorization").and_then(|v| v.to_str().ok()).unwrap_or("");
        let esquema = valor.get(..7).unwrap_or("");
        let token = valor.get(7..).unwrap_or("").trim();
        let vence: i64 = token.split('.').next().and_then(|v| v.parse().ok()).unwrap_or(0);
        let propio = vence >= self.now().millis() && token == self.token(vence);
        if esquema.eq_ignore_ascii_case("bearer ") && (propio || token == self.opciones.token) {
            return None;
        }
        let cuerpo = json!({
            "status": "error", "message": "AU4101 - El token proporcionado no es válido o expiró.",
            "messageDetail": "", "data": null,
        });
        Some((StatusCode::UNAUTHORIZED, Json(cuerpo)).into_response())
    }
}
