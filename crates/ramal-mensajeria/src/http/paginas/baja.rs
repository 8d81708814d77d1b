//! The public link of an advertisement: no more of it, without signing in. A mail program posts to
//! it by itself (RFC 8058), so it takes no form token: the link is the proof.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use ramal_base::Problema;
use ramal_plataforma::Sello;
use ramal_web::pagina::{Marco, page};
use ramal_web::{App, Peticion, Problem};

use crate::baja;
use crate::storage::envios::{self, EnvioFila};
use crate::storage::oposiciones::{self, Palabra};
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "mensajeria/baja.html")]
struct Pagina {
    marco: Marco,
    accion: String,
    hecha: bool,
}

async fn load(app: &App, sello: &Sello, token: &str) -> Result<EnvioFila, Problem> {
    let missing = || Problem(Problema::no_encontrado("enlace"));
    let id = baja::read(sello, token).ok_or_else(missing)?;
    envios::by_id(&app.db, id).await?.ok_or_else(missing)
}

fn show(peticion: &Peticion, token: &str, hecha: bool) -> Result<Response, Problem> {
    let marco = peticion.marco(&TEXTOS, "mensajes-baja-titulo");
    let accion = format!("/baja/{token}");
    let mut respuesta = page(StatusCode::OK, &Pagina { marco, accion, hecha })?;
    let robots = HeaderName::from_static("x-robots-tag");
    respuesta.headers_mut().insert(robots, HeaderValue::from_static("noindex"));
    Ok(respuesta)
}

/// `GET /baja/{token}`: asks; a link that is only looked at changes nothing.
pub(super) async fn ver(
    peticion: Peticion,
    State(app): State<App>,
    Extension(sello): Extension<Arc<Sello>>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    load(&app, &sello, &token).await?;
    show(&peticion, &token, false)
}

/// `POST /baja/{token}`
pub(super) async fn pedir(
    peticion: Peticion,
    State(app): State<App>,
    Extension(sello): Extension<Arc<Sello>>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let envio = load(&app, &sello, &token).await?;
    let tx = app.db.begin().await?;
    let palabra = Palabra {
        canal: envio.canal()?,
        direccion: envio.direccion,
        finalidad: "marketing",
        vigente: true,
        origen: "enlace".to_owned(),
        momento: app.cx.now(),
    };
    oposiciones::say(&tx, &palabra).await?;
    tx.commit().await?;
    show(&peticion, &token, true)
}
