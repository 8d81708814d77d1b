//! Sign-in by the identity provider: the way there, the way back, and the order to end sessions.
//! What was begun is kept sealed in the same browser.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ramal_oidc::{AZAR_BYTES, Pendiente, Regreso};
use ramal_web::pagina::peticion::cookie;
use ramal_web::pagina::{Aviso, redirect};
use ramal_web::{App, Filtros, Peticion, Problem};
use serde::{Deserialize, Serialize};

use super::comun::{Procedencia, param};
use super::entrar::{entered, with_cookie};
use crate::actions::open_sesion::{Ingreso, open_sesion};
use crate::oidc::{AjustesOidc, settle, sign_out};
use crate::sesion::{self, Metodo};
use crate::{Error, Sello, SelloError};

/// Cookie with the sign-in under way, sealed.
const GALLETA: &str = "ramal_oidc";
const USO: &str = "ingreso por proveedor";

/// What the browser keeps while the person is at the provider.
#[derive(Serialize, Deserialize)]
struct Ida {
    pendiente: Pendiente,
    volver: String,
}

impl Ida {
    fn close(&self, sello: &Sello) -> Result<String, Error> {
        let claro = serde_json::to_vec(self).map_err(|_| Error::Cifrado)?;
        Ok(URL_SAFE_NO_PAD.encode(sello.seal(USO, &claro)?))
    }

    fn open(sello: &Sello, valor: &str) -> Option<Ida> {
        let sellado = URL_SAFE_NO_PAD.decode(valor).ok()?;
        let claro = sello.open(USO, &sellado).ok()?;
        serde_json::from_slice(&claro).ok()
    }
}

fn settings(quien: &Procedencia) -> Result<&AjustesOidc, Error> {
    quien.puerta.oidc.as_deref().ok_or(Error::Instalado)
}

/// Sends the browser to the provider. Errors: 404 if none is configured; 503 if it is away.
pub async fn get_ida(
    peticion: Peticion,
    State(app): State<App>,
    quien: Procedencia,
) -> Result<Response, Problem> {
    let ajustes = settings(&quien)?;
    let mut azar = [0_u8; AZAR_BYTES];
    SystemRandom::new().fill(&mut azar).map_err(|_| Error::Sello(SelloError::Azar))?;
    let (url, pendiente) =
        ajustes.proveedor.begin(&azar, peticion.now()).await.map_err(|e| away(&e))?;
    let ida = Ida { pendiente, volver: param(&peticion, "volver") };
    let valor = ida.close(&quien.puerta.sello)?;
    let respuesta = Redirect::to(url.as_str()).into_response();
    Ok(with_cookie(respuesta, sesion::cookie(&app.entorno, GALLETA, &valor, 600)))
}

fn away(error: &ramal_oidc::Error) -> Problem {
    tracing::warn!(%error, "the identity provider cannot be used");
    let detalle = "El proveedor de identidad no responde. Se puede probar de nuevo en unos \
        segundos, o entrar con correo y contraseña.";
    Problem::new(503, "proveedor_ausente", "Sin respuesta del proveedor", detalle)
}

/// The way back: spends the code, finds or makes the user, opens the session.
pub async fn get_retorno(
    peticion: Peticion,
    State(app): State<App>,
    quien: Procedencia,
    cabeceras: HeaderMap,
    Filtros(regreso): Filtros<Regreso>,
) -> Result<Response, Problem> {
    let ida = cookie(&cabeceras, GALLETA).and_then(|v| Ida::open(&quien.puerta.sello, v));
    let hecho = match &ida {
        Some(ida) => come_back(&app, &quien, &regreso, &ida.pendiente).await,
        None => Err(Error::Proveedor),
    };
    let respuesta = match hecho {
        Ok(token) => {
            entered(&app, &peticion, &token, ida.as_ref().map_or("", |i| i.volver.as_str()))
        }
        Err(error) => {
            let problema = Problem::from(error);
            if problema.0.estado >= 500 {
                return Err(problema);
            }
            redirect(&app, "/entrar", &[Aviso::mal(problema.0.detalle)])
        }
    };
    Ok(with_cookie(respuesta, sesion::cookie(&app.entorno, GALLETA, "", 0)))
}

async fn come_back(
    app: &App,
    quien: &Procedencia,
    regreso: &Regreso,
    pendiente: &Pendiente,
) -> Result<String, Error> {
    let ajustes = settings(quien)?;
    let ahora = app.cx.now();
    let reclamos = ajustes.proveedor.finish(regreso, pendiente, ahora).await.map_err(|error| {
        tracing::warn!(%error, "a sign-in by the identity provider was refused");
        Error::Proveedor
    })?;
    let cx = app.cx.as_actor("proveedor:oidc");
    let tx = app.db.begin().await?;
    let usuario = settle(&tx, &cx, ajustes, &reclamos).await?;
    let datos = Ingreso {
        usuario: usuario.id,
        metodo: Metodo::Oidc,
        direccion: quien.direccion.clone(),
        agente: quien.agente.clone(),
        oidc: (Some(reclamos.sub.clone()), reclamos.sid.clone()),
    };
    let token = open_sesion(&tx, &app.cx, &datos).await?;
    tx.commit().await?;
    Ok(token)
}

/// What the provider posts to end sessions.
#[derive(Deserialize)]
pub struct Orden {
    logout_token: String,
}

/// Ends the sessions that the provider says ended there. It has no session and no form token: the
/// signature of the order is its proof.
///
/// Errors: 400 if the order is not to be trusted or came before, 404 without a provider, 503 if the
/// provider's keys cannot be had.
pub async fn post_salida(
    State(app): State<App>,
    quien: Procedencia,
    Form(orden): Form<Orden>,
) -> Result<Response, Problem> {
    let ajustes = settings(&quien)?;
    let ahora = app.cx.now();
    let orden = match ajustes.proveedor.check_logout_token(&orden.logout_token, ahora).await {
        Ok(orden) => orden,
        Err(ramal_oidc::Error::Token(error)) => {
            tracing::warn!(%error, "a logout order was refused");
            return Err(untrusted());
        }
        Err(error) => return Err(away(&error)),
    };
    let cx = app.cx.as_actor("proveedor:oidc");
    let tx = app.db.begin().await?;
    match sign_out(&tx, &cx, &orden).await {
        Err(Error::Proveedor) => return Err(untrusted()),
        otro => otro?,
    };
    tx.commit().await?;
    Ok((StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response())
}

fn untrusted() -> Problem {
    let detalle = "La orden de cierre no es válida o ya se usó.";
    Problem::new(400, "orden_no_valida", "Orden no válida", detalle)
}
