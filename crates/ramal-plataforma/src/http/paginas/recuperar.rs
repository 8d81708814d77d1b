//! A link to put a password when it was lost, or for the first time. The page that asks says the
//! same to everybody.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use ramal_web::pagina::{Aviso, Formulario, Marco, page, redirect};
use ramal_web::{App, Peticion, Problem};

use super::comun::{Procedencia, refused, say};
use crate::textos::TEXTOS;
use crate::{Error, ingreso};

#[derive(Template)]
#[template(path = "plataforma/recuperar.html")]
struct Pedir {
    marco: Marco,
    f: Formulario,
    pedido: bool,
}

#[derive(Template)]
#[template(path = "plataforma/recuperar_enlace.html")]
struct ConEnlace {
    marco: Marco,
    f: Formulario,
    ruta: String,
    correo: String,
}

/// The form that asks for a link.
pub async fn get_pedir(peticion: Peticion) -> Result<Response, Problem> {
    let marco = peticion.marco(&TEXTOS, "recuperar-titulo");
    page(StatusCode::OK, &Pedir { marco, f: Formulario::default(), pedido: false })
}

/// Sends a link if there is an account, and says the same if there is none.
pub async fn post_pedir(
    peticion: Peticion,
    State(app): State<App>,
    quien: Procedencia,
    f: Formulario,
) -> Result<Response, Problem> {
    let correo = f.value("correo");
    let marco = peticion.marco(&TEXTOS, "recuperar-titulo");
    let forma = crate::usuario::checked_correo(correo).map_err(|c| Error::Campos(vec![c]));
    let hecho = match forma {
        Ok(correo) => {
            let direccion = quien.direccion.as_deref();
            ingreso::request_enlace(&app, &quien.puerta, direccion, &correo).await
        }
        Err(error) => Err(error),
    };
    match hecho {
        Ok(()) => page(StatusCode::OK, &Pedir { marco, f, pedido: true }),
        Err(error) => {
            let (estado, f) = refused(f, error)?;
            page(estado, &Pedir { marco, f, pedido: false })
        }
    }
}

/// Token links stay out of indexes and of other sites' logs.
fn private(mut respuesta: Response) -> Response {
    let cabeceras = respuesta.headers_mut();
    let robots = HeaderName::from_static("x-robots-tag");
    cabeceras.insert(robots, HeaderValue::from_static("noindex"));
    respuesta
}

/// The form of a new password, while its link is good.
pub async fn get_enlace(
    peticion: Peticion,
    State(app): State<App>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let usuario = ingreso::open_enlace(&app, &token).await?;
    let marco = peticion.marco(&TEXTOS, "recuperar-nueva-titulo");
    let pagina = ConEnlace {
        ruta: marco.ruta.clone(),
        marco,
        f: Formulario::default(),
        correo: usuario.correo,
    };
    page(StatusCode::OK, &pagina).map(private)
}

/// Puts the new password; the link and every session of the user are over.
pub async fn post_enlace(
    peticion: Peticion,
    State(app): State<App>,
    Path(token): Path<String>,
    f: Formulario,
) -> Result<Response, Problem> {
    let error = match ingreso::redeem(&app, &token, f.value("contrasena")).await {
        Ok(_) => {
            let aviso = Aviso::ok(say(&peticion, "recuperar-hecho"));
            return Ok(redirect(&app, "/entrar", &[aviso]));
        }
        Err(error) => error,
    };
    let (estado, f) = refused(f, error)?;
    let marco = peticion.marco(&TEXTOS, "recuperar-nueva-titulo");
    let correo = ingreso::open_enlace(&app, &token).await?.correo;
    page(estado, &ConEnlace { ruta: marco.ruta.clone(), marco, f, correo }).map(private)
}
