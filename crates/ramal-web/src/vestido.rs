//! Dresses refusals: outside the API a person reads them as a page that keeps what was typed. It
//! changes no answer of the API and no answer that is already a page.

use std::sync::{Arc, OnceLock};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ramal_base::Problema;

use crate::capas::{CABECERA_CID, CUERPO_MAXIMO, TIEMPO_MAXIMO};
use crate::idempotencia::Primero;
use crate::pagina::fallo::{Fallo, Reenvio};
use crate::pagina::sitio::Menu;
use crate::pagina::{Formulario, Navegante, Peticion, aviso};
use crate::{App, Problem};

/// Where whoever signs people in leaves a trace of who it is, so that a refusal made outside his
/// layer is still dressed for that person.
#[derive(Clone, Default)]
pub(crate) struct Rastro(Arc<OnceLock<Navegante>>);

impl Rastro {
    /// Notes who looks; the first word counts.
    pub(crate) fn note(extras: &Extensions) {
        if let (Some(rastro), Some(quien)) = (extras.get::<Rastro>(), extras.get::<Navegante>()) {
            let _ = rastro.0.set(quien.clone());
        }
    }
}

/// Notes who looks once whoever signs people in has said it.
pub(crate) async fn note_navegante(peticion: Request, next: Next) -> Response {
    Rastro::note(peticion.extensions());
    next.run(peticion).await
}

/// Whether programs, not people, read what answers there.
pub(crate) fn is_machine(ruta: &str) -> bool {
    ["/api", "/health", "/_emulador", "/estatico", "/eventos"]
        .iter()
        .any(|p| ruta.strip_prefix(p).is_some_and(|r| r.is_empty() || r.starts_with('/')))
}

/// What the layer works with.
#[derive(Clone)]
pub(crate) struct Vestidor {
    pub(crate) app: App,
    pub(crate) menu: Arc<Menu>,
}

/// What is kept of a request to dress its refusal.
struct Pedido {
    metodo: Method,
    uri: Uri,
    cabeceras: HeaderMap,
    rastro: Rastro,
    escrito: Vec<(String, String)>,
}

/// Dresses the refusals of pages and takes away the notices that a page showed.
pub(crate) async fn dress(
    State(vestidor): State<Vestidor>,
    peticion: Request,
    next: Next,
) -> Response {
    if is_machine(peticion.uri().path()) {
        return next.run(peticion).await;
    }
    let rastro = Rastro::default();
    let mut pedido = Pedido {
        metodo: peticion.method().clone(),
        uri: peticion.uri().clone(),
        cabeceras: peticion.headers().clone(),
        rastro: rastro.clone(),
        escrito: Vec::new(),
    };
    let respuesta = match kept(peticion).await {
        Err(problema) => problema.into_response(),
        Ok((mut peticion, cuerpo)) => {
            peticion.extensions_mut().insert(rastro);
            let respuesta = next.run(peticion).await;
            if is_refusal(&respuesta) {
                pedido.escrito = typed(&cuerpo);
            }
            respuesta
        }
    };
    let respuesta = match respuesta.extensions().get::<Problema>().cloned() {
        Some(problema) => vestidor.dressed(&pedido, &problema, respuesta),
        None => respuesta,
    };
    without_shown_notices(&pedido.cabeceras, respuesta, &vestidor.app)
}

fn is_refusal(respuesta: &Response) -> bool {
    respuesta.extensions().get::<Problema>().is_some()
}

/// The request with its body in memory if it is a form without files, and that body.
async fn kept(peticion: Request) -> Result<(Request, Bytes), Problem> {
    let tipo = peticion.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let es_form = tipo.is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"));
    if peticion.method() != Method::POST || !es_form {
        return Ok((peticion, Bytes::new()));
    }
    let (partes, cuerpo) = peticion.into_parts();
    let leido = tokio::time::timeout(TIEMPO_MAXIMO, to_bytes(cuerpo, CUERPO_MAXIMO)).await;
    let bytes = leido
        .map_err(|_| Problem::of_status(StatusCode::REQUEST_TIMEOUT))?
        .map_err(|_| Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE))?;
    Ok((Request::from_parts(partes, Body::from(bytes.clone())), bytes))
}

fn typed(cuerpo: &[u8]) -> Vec<(String, String)> {
    Formulario::read(cuerpo).map_or_else(|_| Vec::new(), |form| form.fields().to_vec())
}

impl Vestidor {
    fn dressed(&self, pedido: &Pedido, problema: &Problema, desnuda: Response) -> Response {
        let peticion = self.peticion(pedido);
        let es_get = matches!(pedido.metodo, Method::GET | Method::HEAD);
        let ruta = pedido.uri.path();
        if problema.estado == 401 && es_get && !peticion.hx.asks() && !is_sign_in(ruta) {
            return to_sign_in(&peticion);
        }
        let mut fallo = Fallo::of(problema);
        fallo.volver = page_before(&pedido.cabeceras, &self.app, ruta);
        if problema.estado == 401 {
            fallo.entrar = sign_in(&peticion, &fallo.volver);
        }
        if problema.estado >= 500 {
            fallo.incidente = incident(&pedido.cabeceras);
            let (incidente, codigo) = (fallo.incidente.as_str(), problema.codigo.as_str());
            tracing::error!(incidente, codigo, estado = problema.estado, "a page failed");
        }
        if let Some(Primero(primero)) = desnuda.extensions().get() {
            fallo.primero.clone_from(primero);
        }
        if keeps_typed(problema) && !pedido.escrito.is_empty() {
            let accion = pedido.uri.path_and_query().map_or(ruta, |p| p.as_str()).to_owned();
            fallo.reenvio = Some(Reenvio::of(accion, pedido.escrito.clone()));
        }
        let mut respuesta = fallo.render(&peticion);
        for nombre in [header::ALLOW, header::RETRY_AFTER] {
            if let Some(valor) = desnuda.headers().get(&nombre) {
                respuesta.headers_mut().insert(nombre, valor.clone());
            }
        }
        for galleta in desnuda.headers().get_all(header::SET_COOKIE) {
            respuesta.headers_mut().append(header::SET_COOKIE, galleta.clone());
        }
        respuesta
    }

    /// The request as a page would see it, with who looks if somebody said it.
    fn peticion(&self, pedido: &Pedido) -> Peticion {
        let mut extras = Extensions::new();
        extras.insert(self.menu.clone());
        if let Some(quien) = pedido.rastro.0.get() {
            extras.insert(quien.clone());
        }
        Peticion::of(&extras, &pedido.cabeceras, &pedido.uri, &self.app)
    }
}

/// Whether the page must show what was typed: sending the same again can end otherwise, or another
/// version was registered.
fn keeps_typed(problema: &Problema) -> bool {
    match problema.estado {
        401 | 408 | 409 | 412 | 429 | 500..=599 => true,
        403 => problema.codigo == "formulario_ajeno",
        _ => false,
    }
}

fn is_sign_in(ruta: &str) -> bool {
    ruta == "/entrar" || ruta.starts_with("/entrar/")
}

/// 303 to the sign-in, which leads back to the page asked for.
fn to_sign_in(peticion: &Peticion) -> Response {
    let lugar = format!("/entrar?volver={}", encoded(&peticion.volver()));
    match HeaderValue::from_str(&lugar) {
        Ok(lugar) => (StatusCode::SEE_OTHER, [(header::LOCATION, lugar)]).into_response(),
        Err(_) => (StatusCode::SEE_OTHER, [(header::LOCATION, "/entrar")]).into_response(),
    }
}

/// Address of the sign-in that leads to the page before, where the form was.
fn sign_in(peticion: &Peticion, volver: &str) -> String {
    if volver.is_empty() {
        return "/entrar".to_owned();
    }
    format!("/entrar?volver={}", encoded(&peticion.sign_volver(volver)))
}

fn encoded(texto: &str) -> String {
    form_urlencoded::byte_serialize(texto.as_bytes()).collect()
}

/// Path of the page before, if the browser tells one of this site that is not this very page.
fn page_before(cabeceras: &HeaderMap, app: &App, ruta: &str) -> String {
    let texto = |nombre| cabeceras.get(nombre).and_then(|v| v.to_str().ok());
    let Some(referencia) = texto(header::REFERER) else { return String::new() };
    let propio = texto(header::HOST).and_then(|host| {
        let sin = referencia.strip_prefix("https://").or(referencia.strip_prefix("http://"))?;
        sin.strip_prefix(host)
    });
    let camino = propio.or_else(|| referencia.strip_prefix(&app.entorno.url_publica));
    let local = camino.filter(|c| aviso::is_local(c) && *c != ruta);
    local.unwrap_or("").to_owned()
}

/// The end of the request's id, which the log has whole.
fn incident(cabeceras: &HeaderMap) -> String {
    let cid = cabeceras.get(CABECERA_CID).and_then(|v| v.to_str().ok()).unwrap_or("");
    let cifras: Vec<char> = cid.chars().filter(char::is_ascii_alphanumeric).collect();
    cifras[cifras.len().saturating_sub(8)..].iter().collect::<String>().to_ascii_uppercase()
}

/// A whole page has shown its notices: the cookie goes. A fragment has not, and a redirect neither.
fn without_shown_notices(cabeceras: &HeaderMap, mut respuesta: Response, app: &App) -> Response {
    let galletas = respuesta.headers().get_all(header::SET_COOKIE);
    let nuevas = galletas.iter().any(|g| g.as_bytes().starts_with(aviso::GALLETA.as_bytes()));
    let tipo = respuesta.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let pagina = tipo.is_some_and(|t| t.starts_with("text/html"))
        && !respuesta.status().is_redirection()
        && !cabeceras.contains_key("hx-request");
    let habia = crate::pagina::peticion::cookie(cabeceras, aviso::GALLETA).is_some();
    if pagina && habia && !nuevas {
        respuesta.headers_mut().append(header::SET_COOKIE, aviso::clearing(app));
    }
    respuesta
}
