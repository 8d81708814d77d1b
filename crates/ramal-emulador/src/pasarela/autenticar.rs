//! What every wire does before its own words: read the request, find the account by its token,
//! answer a repeated key with what was said the first time. It knows no path.

use axum::body::Bytes;
use axum::extract::{FromRequest, OriginalUri, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Emulador;
use super::estado::{Clave, Comercio, Hilo};
use super::operaciones::Negativa;
use super::registro::Registro;
use crate::servidor::content;

/// Largest request read, bytes.
const MAX_CUERPO: usize = 1024 * 1024;

/// A request, read whole.
pub struct Pedido {
    /// Method and path with query: part of what a key stands for.
    linea: String,
    /// Query, decoded, in order.
    pub consulta: Vec<(String, String)>,
    /// Headers.
    pub cabeceras: HeaderMap,
    /// Body.
    pub cuerpo: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Pedido {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Pedido, Response> {
        let (partes, cuerpo) = request.into_parts();
        let original = partes.extensions.get::<OriginalUri>().map(|o| o.0.clone());
        let uri = original.unwrap_or_else(|| partes.uri.clone());
        let consulta = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let consulta = consulta.into_owned().collect();
        let leido = axum::body::to_bytes(cuerpo, MAX_CUERPO).await;
        let cuerpo = leido.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
        let linea = format!("{} {uri}", partes.method);
        Ok(Pedido { linea, consulta, cabeceras: partes.headers, cuerpo })
    }
}

impl Pedido {
    /// Value of a header.
    pub fn cabecera(&self, nombre: &str) -> Option<&str> {
        self.cabeceras.get(nombre).and_then(|v| v.to_str().ok()).filter(|v| !v.is_empty())
    }

    /// Value of a parameter of the query.
    pub fn parametro(&self, nombre: &str) -> Option<&str> {
        self.consulta.iter().find(|(n, _)| n == nombre).map(|(_, v)| v.as_str())
    }

    fn huella(&self) -> String {
        let mut h = Sha256::new();
        h.update(self.linea.as_bytes());
        h.update([0]);
        h.update(&self.cuerpo);
        hex::encode(h.finalize())
    }
}

/// An answer: status and JSON.
pub struct Respuesta {
    /// HTTP status.
    pub estado: u16,
    /// JSON text.
    pub cuerpo: String,
}

impl Respuesta {
    /// An answer of a value.
    pub fn json(estado: u16, valor: &impl Serialize) -> Respuesta {
        let cuerpo = serde_json::to_string(valor).unwrap_or_else(|_| "null".to_owned());
        Respuesta { estado, cuerpo }
    }
}

impl IntoResponse for Respuesta {
    fn into_response(self) -> Response {
        let estado = StatusCode::from_u16(self.estado).unwrap_or(StatusCode::OK);
        content(estado, "application/json", self.cuerpo.into_bytes())
    }
}

/// Why a request got no answer of its own; each wire says it its way.
pub enum Fallo {
    /// No token, or of nobody.
    SinCredenciales,
    /// A write without its key, or with one that cannot be.
    ClaveMala,
    /// The key was used for something else.
    ClaveUsada,
    /// The rules say no.
    Negativa(Negativa),
}

impl From<Negativa> for Fallo {
    fn from(negativa: Negativa) -> Fallo {
        Fallo::Negativa(negativa)
    }
}

/// A write with its key.
pub struct Escritura<'a> {
    /// The request.
    pub pedido: &'a Pedido,
    /// Whose it is.
    pub comercio: &'a Comercio,
    /// Its key; `None` where the vendor does not ask for one.
    pub clave: Option<&'a str>,
}

impl Emulador {
    /// Account of the request.
    ///
    /// Errors: `SinCredenciales`.
    pub fn authenticate(&self, hilo: Hilo, pedido: &Pedido) -> Result<Comercio, Fallo> {
        let valor = pedido.cabecera(header::AUTHORIZATION.as_str()).unwrap_or_default();
        let token = valor.strip_prefix("Bearer ").unwrap_or_default().trim();
        let suyo = |c: &&Comercio| c.hilo == hilo && !token.is_empty() && c.token == token;
        self.accounts().iter().find(suyo).cloned().ok_or(Fallo::SinCredenciales)
    }

    /// Does a write once: a repeated key gets the first answer, if it asks for the same.
    ///
    /// Look and write happen under one lock: two at the same time are one after the other.
    pub fn once(
        &self,
        escritura: &Escritura<'_>,
        op: impl FnOnce(&mut Registro) -> Result<Respuesta, Fallo>,
    ) -> Result<Respuesta, Fallo> {
        let mut registro = self.state();
        let Some(clave) = escritura.clave else { return op(&mut registro) };
        let c = escritura.comercio;
        let id = format!("{:?}:{}:{clave}", c.hilo, c.cuenta);
        let huella = escritura.pedido.huella();
        if let Some(usada) = registro.clave(&id) {
            if usada.huella != huella {
                return Err(Fallo::ClaveUsada);
            }
            return Ok(Respuesta { estado: usada.estado, cuerpo: usada.cuerpo.clone() });
        }
        let respuesta = op(&mut registro)?;
        let Respuesta { estado, cuerpo } = &respuesta;
        let usada = Clave { id, huella, estado: *estado, cuerpo: cuerpo.clone() };
        registro.put_clave(usada).map_err(Negativa::from)?;
        Ok(respuesta)
    }

    /// Address of this server as the request sees it.
    pub fn servidor(&self, pedido: &Pedido) -> String {
        match &self.opciones.base {
            Some(base) => base.trim_end_matches('/').to_owned(),
            None => format!("http://{}", pedido.cabecera("host").unwrap_or("127.0.0.1")),
        }
    }
}

/// Whether an address can be called or visited: `http` or `https`, with a host.
pub fn is_direccion(texto: &str) -> bool {
    reqwest::Url::parse(texto)
        .is_ok_and(|u| matches!(u.scheme(), "http" | "https") && u.host_str().is_some())
}
