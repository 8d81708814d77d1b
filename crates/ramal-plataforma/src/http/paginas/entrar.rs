//! Signing in and out. The flow is in `ingreso`; here are the form, the cookies and the redirects.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use ramal_web::pagina::peticion::cookie;
use ramal_web::pagina::{Formulario, Marco, page, redirect};
use ramal_web::{App, Peticion, Problem};

use super::comun::{Procedencia, param, refused, retry_after};
use crate::actions::open_sesion::{Ingreso, close_sesion, open_sesion};
use crate::http::capa::session_cookie;
use crate::sesion::{self, Metodo, SesionActual};
use crate::textos::TEXTOS;
use crate::usuario::Usuario;
use crate::{Error, ingreso, storage};

/// Cookie between the password and the code.
const PASO: &str = "ramal_paso";

#[derive(Template)]
#[template(path = "plataforma/entrar.html")]
struct Entrar {
    marco: Marco,
    f: Formulario,
    volver: String,
    con_proveedor: bool,
}

#[derive(Template)]
#[template(path = "plataforma/entrar_codigo.html")]
struct EntrarCodigo {
    marco: Marco,
    f: Formulario,
    volver: String,
}

#[derive(Template)]
#[template(path = "plataforma/salir.html")]
struct Salir {
    marco: Marco,
}

/// The form; whoever is signed in goes on, and the first visit of all goes to set up.
pub async fn get_entrar(
    peticion: Peticion,
    State(app): State<App>,
    quien: Procedencia,
) -> Result<Response, Problem> {
    let volver = param(&peticion, "volver");
    if peticion.navegante.is_identificado() {
        let destino = peticion.open_volver(&volver).map(ToOwned::to_owned);
        return Ok(redirect(&app, &destino.unwrap_or_else(|| home(&peticion)), &peticion.avisos));
    }
    if !storage::usuarios::is_instalado(&app.db).await? {
        return Ok(redirect(&app, "/instalar", &[]));
    }
    let f = Formulario::default();
    page(StatusCode::OK, &form(&peticion, &quien, f, volver))
}

fn form(peticion: &Peticion, quien: &Procedencia, f: Formulario, volver: String) -> Entrar {
    let marco = peticion.marco(&TEXTOS, "entrar-titulo");
    Entrar { marco, f, volver, con_proveedor: quien.puerta.oidc.is_some() }
}

/// Where somebody begins: the first page of the workspace of his work.
pub(crate) fn home(peticion: &Peticion) -> String {
    let puede = |permiso: &str| (peticion.navegante.puede)(permiso);
    let factura = puede("facturacion:ejecutar") && !puede("usuarios:leer");
    let orden = if factura { ["/facturacion", "/admin"] } else { ["/admin", "/facturacion"] };
    let primera = |espacio: &str| {
        let mut alli = peticion.clone();
        alli.ruta = espacio.to_owned();
        alli.marco(&TEXTOS, "entrar-titulo").menu.first().map(|e| e.ruta.clone())
    };
    orden.into_iter().find_map(primera).unwrap_or_else(|| "/perfil".to_owned())
}

/// Tries an e-mail and a password.
pub async fn post_entrar(
    peticion: Peticion,
    State(app): State<App>,
    quien: Procedencia,
    f: Formulario,
) -> Result<Response, Problem> {
    let volver = f.value("volver").to_owned();
    let direccion = quien.direccion.as_deref();
    let prueba =
        ingreso::check_contrasena(&app, direccion, f.value("correo"), f.value("contrasena"));
    let error = match prueba.await {
        Ok(usuario) if usuario.con_codigo => return ask_code(&app, &peticion, &usuario, &volver),
        Ok(usuario) => {
            return enter(&app, &peticion, &quien, (usuario, Metodo::Contrasena), &volver).await;
        }
        Err(error) => error,
    };
    let espera = error_of_wait(&error);
    let (estado, f) = refused(f, error)?;
    let respuesta = page(estado, &form(&peticion, &quien, f, volver))?;
    Ok(retry_after(respuesta, &espera))
}

/// The wait, kept apart because the refusal goes into the form.
fn error_of_wait(error: &Error) -> Error {
    match error {
        Error::Bloqueado(segundos) => Error::Bloqueado(*segundos),
        _ => Error::Credenciales,
    }
}

fn ask_code(
    app: &App,
    peticion: &Peticion,
    usuario: &Usuario,
    volver: &str,
) -> Result<Response, Problem> {
    let valor = ingreso::sign_paso(&app.entorno.firma, usuario, peticion.now());
    let destino = with_volver("/entrar/codigo", volver);
    let respuesta = redirect(app, &destino, &[]);
    Ok(with_cookie(respuesta, sesion::cookie(&app.entorno, PASO, &valor, 300)))
}

fn with_volver(ruta: &str, volver: &str) -> String {
    if volver.is_empty() {
        return ruta.to_owned();
    }
    let mut consulta = form_urlencoded::Serializer::new(String::new());
    consulta.append_pair("volver", volver);
    format!("{ruta}?{}", consulta.finish())
}

pub(crate) fn with_cookie(mut respuesta: Response, galleta: Option<HeaderValue>) -> Response {
    if let Some(galleta) = galleta {
        respuesta.headers_mut().append(header::SET_COOKIE, galleta);
    }
    respuesta
}

/// Opens the session and leads on.
async fn enter(
    app: &App,
    peticion: &Peticion,
    quien: &Procedencia,
    (usuario, metodo): (Usuario, Metodo),
    volver: &str,
) -> Result<Response, Problem> {
    let datos = Ingreso {
        usuario: usuario.id,
        metodo,
        direccion: quien.direccion.clone(),
        agente: quien.agente.clone(),
        oidc: (None, None),
    };
    let tx = app.db.begin().await?;
    let token = open_sesion(&tx, &app.cx, &datos).await?;
    tx.commit().await?;
    Ok(entered(app, peticion, &token, volver))
}

/// The answer that carries a new session; `/entrar` knows where each one begins.
pub(crate) fn entered(app: &App, peticion: &Peticion, token: &str, volver: &str) -> Response {
    let destino = peticion.open_volver(volver).unwrap_or("/entrar");
    let respuesta = redirect(app, destino, &[]);
    let respuesta = with_cookie(respuesta, session_cookie(app, token));
    with_cookie(respuesta, sesion::cookie(&app.entorno, PASO, "", 0))
}

async fn waiting(app: &App, cabeceras: &HeaderMap) -> Result<Option<Usuario>, Error> {
    match cookie(cabeceras, PASO) {
        Some(firmado) => ingreso::open_paso(app, firmado).await,
        None => Ok(None),
    }
}

/// The form of the code, for somebody whose password was right a moment ago.
pub async fn get_codigo(
    peticion: Peticion,
    State(app): State<App>,
    cabeceras: HeaderMap,
) -> Result<Response, Problem> {
    let volver = param(&peticion, "volver");
    if waiting(&app, &cabeceras).await?.is_none() {
        return Ok(redirect(&app, &with_volver("/entrar", &volver), &[]));
    }
    let marco = peticion.marco(&TEXTOS, "entrar-codigo-titulo");
    page(StatusCode::OK, &EntrarCodigo { marco, f: Formulario::default(), volver })
}

/// Tries a code of the telephone or a recovery code.
pub async fn post_codigo(
    peticion: Peticion,
    State(app): State<App>,
    quien: Procedencia,
    cabeceras: HeaderMap,
    f: Formulario,
) -> Result<Response, Problem> {
    let volver = f.value("volver").to_owned();
    let Some(usuario) = waiting(&app, &cabeceras).await? else {
        return Ok(redirect(&app, &with_volver("/entrar", &volver), &[]));
    };
    let direccion = quien.direccion.as_deref();
    let sello = &quien.puerta.sello;
    let prueba = ingreso::check_codigo(&app, sello, (usuario.id, direccion), f.value("codigo"));
    let Err(error) = prueba.await else {
        return enter(&app, &peticion, &quien, (usuario, Metodo::Codigo), &volver).await;
    };
    let espera = error_of_wait(&error);
    let (estado, f) = refused(f, error)?;
    let marco = peticion.marco(&TEXTOS, "entrar-codigo-titulo");
    let respuesta = page(estado, &EntrarCodigo { marco, f, volver })?;
    Ok(retry_after(respuesta, &espera))
}

/// Asks before leaving, because an address alone must change nothing.
pub async fn get_salir(peticion: Peticion) -> Result<Response, Problem> {
    page(StatusCode::OK, &Salir { marco: peticion.marco(&TEXTOS, "salir-titulo") })
}

/// Ends the session, here and in the browser.
pub async fn post_salir(
    State(app): State<App>,
    actual: Option<axum::Extension<SesionActual>>,
    _f: Formulario,
) -> Result<Response, Problem> {
    if let Some(axum::Extension(actual)) = actual {
        let cx = app.cx.as_actor(&crate::usuario::actor(actual.usuario));
        let tx = app.db.begin().await?;
        close_sesion(&tx, &cx, actual.usuario, actual.id).await?;
        tx.commit().await?;
    }
    let mut respuesta = redirect(&app, "/entrar", &[]);
    let limpia = HeaderValue::from_static("\"cache\", \"storage\"");
    respuesta.headers_mut().insert("clear-site-data", limpia);
    let galleta = sesion::cookie(&app.entorno, sesion::galleta(&app.entorno), "", 0);
    Ok(with_cookie(respuesta, galleta))
}
