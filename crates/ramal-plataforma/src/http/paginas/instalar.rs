//! The first run: the administrator, with the code that the server printed. Gone afterwards.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::CampoInvalido;
use ramal_web::pagina::{Formulario, Marco, page};
use ramal_web::{App, Peticion, Problem};

use super::comun::{Procedencia, refused};
use super::entrar::entered;
use crate::actions::open_sesion::{Ingreso, open_sesion};
use crate::intento::Guardia;
use crate::sesion::Metodo;
use crate::textos::TEXTOS;
use crate::{Error, Usuario, ingreso, instalacion, storage};

#[derive(Template)]
#[template(path = "plataforma/instalar.html")]
struct Instalar {
    marco: Marco,
    f: Formulario,
}

/// The form, while nobody can sign in. Errors: 404 afterwards.
pub async fn get_instalar(peticion: Peticion, State(app): State<App>) -> Result<Response, Problem> {
    must_be_first(&app).await?;
    let marco = peticion.marco(&TEXTOS, "instalar-titulo");
    page(StatusCode::OK, &Instalar { marco, f: Formulario::default() })
}

async fn must_be_first(app: &App) -> Result<(), Error> {
    if storage::usuarios::is_instalado(&app.db).await? { Err(Error::Instalado) } else { Ok(()) }
}

/// Makes the administrator and signs him in.
pub async fn post_instalar(
    peticion: Peticion,
    State(app): State<App>,
    quien: Procedencia,
    f: Formulario,
) -> Result<Response, Problem> {
    must_be_first(&app).await?;
    match install(&app, &quien, &f).await {
        Ok(usuario) => {
            let datos = Ingreso {
                usuario: usuario.id,
                metodo: Metodo::Contrasena,
                direccion: quien.direccion,
                agente: quien.agente,
                oidc: (None, None),
            };
            let tx = app.db.begin().await?;
            let token = open_sesion(&tx, &app.cx, &datos).await?;
            tx.commit().await?;
            Ok(entered(&app, &peticion, &token, ""))
        }
        Err(error) => {
            let (estado, f) = refused(f, error)?;
            page(estado, &Instalar { marco: peticion.marco(&TEXTOS, "instalar-titulo"), f })
        }
    }
}

async fn install(app: &App, quien: &Procedencia, f: &Formulario) -> Result<Usuario, Error> {
    let lugar = quien.direccion.clone().unwrap_or_else(|| "-".to_owned());
    ingreso::guard(&app.db, &app.cx, &[(Guardia::Instalacion, lugar)]).await?;
    if !instalacion::accepts(&quien.puerta.sello, f.value("codigo")) {
        let motivo = "Ese no es el código que mostró el servidor al arrancar.";
        let malo = CampoInvalido::new("codigo", "codigo_incorrecto", motivo);
        return Err(Error::Campos(vec![malo]));
    }
    let cx = app.cx.as_actor("instalacion");
    let persona = (f.value("correo"), f.value("nombre"));
    instalacion::install(&app.db, &cx, persona, f.value("contrasena")).await
}
