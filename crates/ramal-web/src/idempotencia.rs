//! Idempotency keys: repeating a request with its key gives the first answer and no second effect.
//! The key lives in the business transaction, so an effect without its answer (or the reverse)
//! cannot exist. Refusals are not kept.

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ramal_base::{Cx, Instante, Problema};
use ramal_db::{Consulta, Db, DbError, FromQueryResult, Tx, params};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use crate::pagina::{Aviso, Formulario, Peticion, redirect};
use crate::{Actor, App, Problem};

/// Hash of the request's body, filled in by whoever reads it; the extractor of the key runs before
/// the body's.
#[derive(Clone, Debug, Default)]
pub(crate) struct HuellaCuerpo(Arc<OnceLock<String>>);

impl HuellaCuerpo {
    pub(crate) fn take(&self, cuerpo: &[u8]) {
        let _ = self.0.set(hex::encode(Sha256::digest(cuerpo)));
    }

    fn read(&self) -> String {
        let vacia = || hex::encode(Sha256::digest(b""));
        self.0.get().cloned().unwrap_or_else(vacia)
    }
}

/// Header parameter for the OpenAPI of a creation.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "exists for its description alone")]
pub struct CabeceraIdempotencia {
    /// Clave elegida por quien llama, de 1 a 255 caracteres ASCII visibles; repetir la petición con
    /// la misma clave devuelve la primera respuesta sin repetir el efecto.
    #[param(
        rename = "Idempotency-Key",
        required = false,
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$"
    )]
    idempotency_key: Option<String>,
}

/// The caller's `Idempotency-Key`, if he sent one, bound to who he is and to what he asks.
///
/// Goes after the extractor that authenticates (so that keys of two callers never meet) and before
/// [`crate::Parsed`].
/// Edge: begin; `recall`, which ends the request if it answers; the action; `remember`; commit.
#[derive(Clone)]
pub struct ClaveIdempotencia {
    clave: Option<String>,
    alcance: String,
    metodo: String,
    ruta: String,
    huella: HuellaCuerpo,
    ahora: Instante,
    pagina: Option<App>,
}

impl FromRequestParts<App> for ClaveIdempotencia {
    type Rejection = Problem;

    async fn from_request_parts(partes: &mut Parts, app: &App) -> Result<Self, Problem> {
        let clave = match partes.headers.get("idempotency-key") {
            None => None,
            Some(valor) => Some(checked(valor)?),
        };
        let huella = HuellaCuerpo::default();
        partes.extensions.insert(huella.clone());
        let uri = partes.extensions.get::<OriginalUri>().map_or(&partes.uri, |u| &u.0);
        let idem = ClaveIdempotencia {
            clave,
            alcance: alcance(partes),
            metodo: partes.method.as_str().to_owned(),
            ruta: uri.path_and_query().map_or_else(String::new, ToString::to_string),
            huella,
            ahora: app.cx.now(),
            pagina: None,
        };
        partes.extensions.insert(ClaveUsada { db: app.db.clone(), idem: idem.clone() });
        Ok(idem)
    }
}

/// The caller's key for whoever reads the body: a body that cannot be read is another body too, so
/// a key that has an answer is told before what is wrong with the body.
#[derive(Clone)]
pub(crate) struct ClaveUsada {
    db: Db,
    idem: ClaveIdempotencia,
}

impl ClaveUsada {
    /// 409 if the key has the answer of another request. Takes nothing.
    pub(crate) async fn check(&self) -> Result<(), Problem> {
        let Some(clave) = &self.idem.clave else { return Ok(()) };
        let cual = params![self.idem.alcance.as_str(), clave.as_str()];
        match self.db.opt::<Guardada>(READ, cual).await? {
            Some(guardada) => self.idem.answer_of(guardada).map(drop),
            None => Ok(()),
        }
    }
}

fn checked(valor: &HeaderValue) -> Result<String, Problem> {
    let bytes = valor.as_bytes();
    let bien = (1..=255).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    if !bien {
        return Err(Problem::new(
            400,
            "idempotencia_clave_invalida",
            "Idempotency-Key no válida",
            "Use de 1 a 255 caracteres ASCII visibles, por ejemplo un UUID.",
        ));
    }
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

/// Who asks: the authenticated caller, or the digest of the credentials he showed.
fn alcance(partes: &Parts) -> String {
    if let Some(Actor(actor)) = partes.extensions.get::<Actor>() {
        return actor.clone();
    }
    let credencial = partes.headers.get(header::AUTHORIZATION);
    let bytes = credencial.map_or(&b""[..], HeaderValue::as_bytes);
    format!("credencial:{}", hex::encode(Sha256::digest(bytes)))
}

#[derive(FromQueryResult)]
struct Guardada {
    metodo: String,
    ruta: String,
    huella: String,
    estado: Option<i32>,
    cabeceras: String,
    cuerpo: String,
}

const TAKE: &str = "INSERT INTO claves_idempotencia \
    (alcance, clave, metodo, ruta, huella, estado, cabeceras, cuerpo, creado) \
    VALUES ($1, $2, $3, $4, $5, NULL, '[]', '', $6) ON CONFLICT (alcance, clave) DO NOTHING";
const READ: &str = "SELECT metodo, ruta, huella, estado, cabeceras, cuerpo \
    FROM claves_idempotencia WHERE alcance = $1 AND clave = $2";
const FILL: &str = "UPDATE claves_idempotencia SET estado = $3, cabeceras = $4, cuerpo = $5, \
    creado = $6 \
    WHERE alcance = $1 AND clave = $2";

impl ClaveIdempotencia {
    /// Hashes a body that no [`crate::Parsed`] reads (an upload), so that another body with the key
    /// is refused.
    pub fn with_body(&self, cuerpo: &[u8]) {
        self.huella.take(cuerpo);
    }

    /// Whether the caller sent a key.
    pub fn is_given(&self) -> bool {
        self.clave.is_some()
    }

    /// Takes the key in this transaction, or gives the answer that it already has.
    ///
    /// Two requests with one key wait for each other here: the second sees the first's answer, or
    /// takes the key if the first rolled back. Nothing is taken when the caller sent no key.
    /// Errors: 409 `idempotencia_cuerpo_distinto` when the key was used for another request;
    /// `DbError`.
    pub async fn recall(&self, tx: &Tx) -> Result<Option<Response>, Problem> {
        let Some(clave) = &self.clave else { return Ok(None) };
        let (alcance, clave) = (self.alcance.as_str(), clave.as_str());
        let huella = self.huella.read();
        let fila =
            params![alcance, clave, self.metodo.as_str(), self.ruta.as_str(), huella, self.ahora];
        if tx.exec(TAKE, fila).await? == 1 {
            return Ok(None);
        }
        let guardada = tx.opt::<Guardada>(READ, params![alcance, clave]).await?;
        let guardada = guardada.ok_or(DbError::Busy)?;
        self.answer_of(guardada).map(Some)
    }

    fn answer_of(&self, guardada: Guardada) -> Result<Response, Problem> {
        if let Some(app) = &self.pagina {
            return self.page_answer_of(app, guardada);
        }
        let misma = guardada.metodo == self.metodo
            && guardada.ruta == self.ruta
            && guardada.huella == self.huella.read();
        if !misma {
            return Err(Problem(Problema::conflicto(
                "idempotencia_cuerpo_distinto",
                "Esa Idempotency-Key ya se usó con otra petición. Use una clave nueva.",
            )));
        }
        let Some(estado) = guardada.estado else {
            return Err(Problem::from(DbError::Corrupt("an idempotency key has no answer")));
        };
        let cabeceras: Vec<(String, String)> = serde_json::from_str(&guardada.cabeceras)
            .map_err(|_| DbError::Corrupt("an idempotent answer has bad headers"))?;
        let estado = u16::try_from(estado).ok().and_then(|e| StatusCode::from_u16(e).ok());
        let estado = estado.ok_or(DbError::Corrupt("an idempotent answer has no status"))?;
        render(estado, &cabeceras, guardada.cuerpo)
    }

    /// Keeps the answer with the key, in this transaction, and renders it.
    ///
    /// The key's age (see [`purge`]) counts from `cx.now()`.
    /// Errors: `DbError`; 500 if the body cannot be written as JSON.
    pub async fn remember<T: Serialize>(
        &self,
        tx: &Tx,
        cx: &Cx,
        status: StatusCode,
        body: &T,
    ) -> Result<Response, Problem> {
        self.remember_with(tx, cx, (status, &[]), body).await
    }

    /// Like [`Self::remember`], with headers (`ETag`, `Location`) that the repeated answer carries
    /// too.
    pub async fn remember_with<T: Serialize>(
        &self,
        tx: &Tx,
        cx: &Cx,
        (status, headers): (StatusCode, &[(HeaderName, String)]),
        body: &T,
    ) -> Result<Response, Problem> {
        let cuerpo = serde_json::to_string(body)
            .map_err(|_| DbError::Corrupt("an answer cannot be written as JSON"))?;
        let cabeceras: Vec<(String, String)> =
            headers.iter().map(|(n, v)| (n.as_str().to_owned(), v.clone())).collect();
        if let Some(clave) = &self.clave {
            let texto = serde_json::to_string(&cabeceras)
                .map_err(|_| DbError::Corrupt("headers cannot be written as JSON"))?;
            let (alcance, clave) = (self.alcance.as_str(), clave.as_str());
            let estado = i32::from(status.as_u16());
            let fila = params![alcance, clave, estado, texto, cuerpo.as_str(), cx.now()];
            tx.exec(FILL, fila).await?;
        }
        render(status, &cabeceras, cuerpo)
    }
}

/// The keys of forms: the same form sent twice leads to the first result.
impl ClaveIdempotencia {
    /// The key with which a form was born (`_idem`), bound to who sends it, to where and to its
    /// fields without the token. A form without key is never remembered.
    ///
    /// [`Self::recall`] then gives a 303 to the first result with the notice «Ya estaba
    /// registrado», or 409 `idempotencia_cuerpo_distinto` if the fields are others.
    pub fn of_form(peticion: &Peticion, form: &Formulario) -> ClaveIdempotencia {
        let huella = HuellaCuerpo::default();
        let mut campos = form_urlencoded::Serializer::new(String::new());
        for (nombre, valor) in form.fields().iter().filter(|(n, _)| n != "_csrf") {
            campos.append_pair(nombre, valor);
        }
        huella.take(campos.finish().as_bytes());
        let quien = peticion.actor.clone().unwrap_or_else(|| {
            format!("visita:{}", hex::encode(Sha256::digest(&peticion.navegante.secreto)))
        });
        ClaveIdempotencia {
            clave: form.idem().map(ToOwned::to_owned),
            alcance: format!("pagina:{quien}"),
            metodo: "POST".to_owned(),
            ruta: peticion.ruta.clone(),
            huella,
            ahora: peticion.now(),
            pagina: Some(peticion.app.clone()),
        }
    }

    /// Keeps where the act led, in its transaction; after the commit the page redirects there.
    ///
    /// Errors: `DbError`.
    pub async fn remember_redirect(&self, tx: &Tx, cx: &Cx, location: &str) -> Result<(), Problem> {
        let lugar = [(header::LOCATION, location.to_owned())];
        self.remember_with(tx, cx, (StatusCode::SEE_OTHER, &lugar), &()).await.map(drop)
    }

    fn page_answer_of(&self, app: &App, guardada: Guardada) -> Result<Response, Problem> {
        let lugar = location_of(&guardada);
        if guardada.ruta != self.ruta || guardada.huella != self.huella.read() {
            let detalle = "Este formulario ya se envió con otros datos y lo de entonces quedó \
                registrado. Para registrar algo más, abrir un formulario nuevo.";
            let problema = Problema::conflicto("idempotencia_cuerpo_distinto", detalle);
            let mut respuesta = Problem(problema).into_response();
            respuesta.extensions_mut().insert(Primero(lugar.unwrap_or_default()));
            return Ok(respuesta);
        }
        let Some(lugar) = lugar else {
            return Err(Problem::from(DbError::Corrupt("a form's key leads nowhere")));
        };
        Ok(redirect(app, &lugar, &[Aviso::info("Ya estaba registrado. No se hizo dos veces.")]))
    }
}

/// Where the first result of a form's key lies, for the page that refuses the second.
#[derive(Clone, Debug)]
pub(crate) struct Primero(pub(crate) String);

fn location_of(guardada: &Guardada) -> Option<String> {
    let cabeceras: Vec<(String, String)> = serde_json::from_str(&guardada.cabeceras).ok()?;
    cabeceras.into_iter().find(|(n, _)| n == "location").map(|(_, valor)| valor)
}

/// Forgets the keys made before `antes`, and gives how many; a day is the least that callers may
/// count on.
pub async fn purge(tx: &Tx, antes: Instante) -> Result<u64, DbError> {
    tx.exec("DELETE FROM claves_idempotencia WHERE creado < $1", params![antes]).await
}

fn render(
    estado: StatusCode,
    cabeceras: &[(String, String)],
    cuerpo: String,
) -> Result<Response, Problem> {
    let json = header::HeaderValue::from_static("application/json");
    let mut respuesta = Response::builder().status(estado).header(header::CONTENT_TYPE, json);
    for (nombre, valor) in cabeceras {
        respuesta = respuesta.header(nombre.as_str(), valor.as_str());
    }
    respuesta.body(Body::from(cuerpo)).map_err(|_| Problem(Problema::interno()))
}
