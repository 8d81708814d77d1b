//! Enrolling one's own telephone as a second step, and taking it away. The secret is shown until it
//! is confirmed and never again; the recovery codes, once.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ramal_web::pagina::{Aviso, Formulario, Marco, page, redirect};
use ramal_web::{App, Problem};

use super::comun::{Procedencia, Propia, own_shell, refused, say};
use super::perfil::rotated;
use crate::actions::enrol_codigo::{begin_codigo, confirm_codigo, pending_codigo, remove_codigo};
use crate::actions::open_sesion::close_sesiones;
use crate::intento::Guardia;
use crate::{Cualquiera, Error, SesionActual, Vista, codigo, ingreso, storage};

#[derive(Template)]
#[template(path = "plataforma/perfil_codigo.html")]
struct Enrolar {
    marco: Marco,
    f: Formulario,
    activo: bool,
    respaldos: usize,
    imagen: String,
    texto: String,
}

#[derive(Template)]
#[template(path = "plataforma/perfil_respaldos.html")]
struct Respaldos {
    marco: Marco,
    codigos: Vec<String>,
}

#[derive(Template)]
#[template(path = "plataforma/perfil_codigo_quitar.html")]
struct Quitar {
    marco: Marco,
    f: Formulario,
}

/// How the second step stands: off, waiting for its first code, or on.
pub async fn get_codigo(
    vista: Vista<Cualquiera>,
    Propia(actual): Propia,
    State(app): State<App>,
    quien: Procedencia,
) -> Result<Response, Problem> {
    let pagina = whole(&vista, &app, (&quien, &actual), Formulario::default()).await?;
    secret(page(StatusCode::OK, &pagina)?)
}

/// Pages with a secret stay in no cache.
fn secret(mut respuesta: Response) -> Result<Response, Problem> {
    let valor = HeaderValue::from_static("no-store");
    respuesta.headers_mut().insert(header::CACHE_CONTROL, valor);
    Ok(respuesta)
}

async fn whole(
    vista: &Vista<Cualquiera>,
    app: &App,
    (quien, actual): (&Procedencia, &SesionActual),
    f: Formulario,
) -> Result<Enrolar, Problem> {
    let usuario = storage::usuarios::usuario(&app.db, actual.usuario).await?;
    let secreto = pending_codigo(&app.db, &quien.puerta.sello, usuario.id).await?;
    let marco = own_shell(vista, "codigo-titulo");
    let (mut imagen, mut texto) = (String::new(), String::new());
    if let Some(secreto) = secreto {
        let alta = codigo::enrolment(&secreto, &usuario.correo, &marco.navegante.empresa)?;
        imagen = format!("data:image/svg+xml;base64,{}", STANDARD.encode(alta.svg));
        texto = alta.texto;
    }
    let (activo, respaldos) = (usuario.con_codigo, usuario.respaldos);
    Ok(Enrolar { marco, f, activo, respaldos, imagen, texto })
}

/// Makes a secret that waits for its first code.
pub async fn post_empezar(
    _vista: Vista<Cualquiera>,
    Propia(actual): Propia,
    State(app): State<App>,
    quien: Procedencia,
    _f: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    begin_codigo(&tx, &quien.puerta.sello, actual.usuario).await?;
    tx.commit().await?;
    Ok(redirect(&app, "/perfil/codigo", &[]))
}

/// Confirms the telephone with its first code and shows the recovery codes, this once.
pub async fn post_confirmar(
    vista: Vista<Cualquiera>,
    Propia(actual): Propia,
    State(app): State<App>,
    (quien, cabeceras): (Procedencia, HeaderMap),
    f: Formulario,
) -> Result<Response, Problem> {
    match confirm(&vista, &app, (&quien, &actual), f.value("codigo")).await {
        Ok(codigos) => {
            let marco = own_shell(&vista, "respaldos-titulo");
            let respuesta = page(StatusCode::OK, &Respaldos { marco, codigos })?;
            secret(rotated(&app, &cabeceras, &actual, respuesta).await?)
        }
        Err(error) => {
            let (estado, f) = refused(f, error)?;
            secret(page(estado, &whole(&vista, &app, (&quien, &actual), f).await?)?)
        }
    }
}

async fn confirm(
    vista: &Vista<Cualquiera>,
    app: &App,
    (quien, actual): (&Procedencia, &SesionActual),
    escrito: &str,
) -> Result<Vec<String>, Error> {
    let guardia = [(Guardia::Codigo, actual.usuario.to_string())];
    ingreso::guard(&app.db, &app.cx, &guardia).await?;
    let tx = app.db.begin().await?;
    let quien = (&quien.puerta.sello, (actual.usuario, escrito));
    let codigos = confirm_codigo(&tx, vista.cx(), quien.0, quien.1).await?;
    close_sesiones(&tx, vista.cx(), actual.usuario, Some(actual.id)).await?;
    storage::credenciales::clear_intento(&tx, guardia[0].0, &guardia[0].1).await?;
    tx.commit().await?;
    Ok(codigos)
}

/// The form that asks for the password before the second step goes.
pub async fn get_quitar(vista: Vista<Cualquiera>) -> Result<Response, Problem> {
    let marco = own_shell(&vista, "codigo-quitar-titulo");
    page(StatusCode::OK, &Quitar { marco, f: Formulario::default() })
}

/// Takes the second step away.
pub async fn post_quitar(
    vista: Vista<Cualquiera>,
    Propia(actual): Propia,
    State(app): State<App>,
    cabeceras: HeaderMap,
    f: Formulario,
) -> Result<Response, Problem> {
    let usuario = storage::usuarios::usuario(&app.db, actual.usuario).await?;
    if let Err(error) =
        ingreso::confirm_contrasena(&app, &usuario, f.value("contrasena_actual")).await
    {
        let (estado, f) = refused(f, error)?;
        return page(estado, &Quitar { marco: own_shell(&vista, "codigo-quitar-titulo"), f });
    }
    let tx = app.db.begin().await?;
    remove_codigo(&tx, vista.cx(), actual.usuario).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(say(vista.peticion(), "codigo-quitado"));
    rotated(&app, &cabeceras, &actual, redirect(&app, "/perfil", &[aviso])).await
}
