//! The layer that recognises who asks for a page: one indexed read per request, and what the shell
//! needs of visitors. It asks for no permission: `Vista` does.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use ramal_web::pagina::peticion::cookie;
use ramal_web::{Actor, App, Navegante, Problem, Sitio};

use crate::actions::open_sesion::rotate_sesion;
use crate::puerta::Puerta;
use crate::sesion::{self, SesionActual, SesionId, VIDA_MS, VISITA, Viva};
use crate::{Error, Identidad, storage};

/// Puts the layer around every page so far: whoever signed in is in the request's extensions as
/// [`Identidad`], and everybody as `Navegante` with the company's name, country and zone.
pub fn identify(sitio: Sitio, app: &App, puerta: Puerta) -> Sitio {
    let estado = (app.clone(), puerta.clone());
    sitio
        .wrap(|router| router.layer(from_fn_with_state(estado, recognise)).layer(Extension(puerta)))
}

async fn recognise(
    State((app, puerta)): State<(App, Puerta)>,
    mut pedido: Request,
    next: Next,
) -> Response {
    let base = puerta.visitante(&app).await;
    let token = cookie(pedido.headers(), sesion::galleta(&app.entorno)).map(ToOwned::to_owned);
    let viva = match token.as_deref() {
        Some(token) => find(&app, token).await,
        None => Ok(None),
    };
    let galleta = match (viva, token) {
        (Err(error), _) => return Problem::from(error).into_response(),
        (Ok(Some(viva)), Some(token)) => {
            let galleta = refreshed(&app, &viva, &token).await;
            enter(&app, &mut pedido, base, viva);
            galleta
        }
        _ => visit(&app, &mut pedido, base),
    };
    let mut respuesta = next.run(pedido).await;
    if let Some(galleta) = galleta
        && !sets(respuesta.headers(), &galleta)
    {
        respuesta.headers_mut().append(header::SET_COOKIE, galleta);
    }
    respuesta
}

async fn find(app: &App, token: &str) -> Result<Option<Viva>, Error> {
    let viva = storage::sesiones::viva(&app.db, &sesion::huella(token)).await?;
    Ok(viva.filter(|v| v.is_good(app.cx.now())))
}

/// Leaves who it is for the handlers.
fn enter(app: &App, pedido: &mut Request, base: Navegante, viva: Viva) {
    let secreto = app.entorno.firma.mark("sesion", &viva.id.to_string());
    let identidad = Identidad::new(viva.usuario, viva.nombre, viva.ambitos);
    let extras = pedido.extensions_mut();
    extras.insert(identidad.navegante(Navegante { secreto, ..base }));
    extras.insert(Actor(identidad.actor.clone()));
    extras.insert(identidad);
    extras.insert(SesionActual { id: viva.id, usuario: viva.usuario });
}

/// A visitor keeps a cookie of his own, so that a form made for another is not good for him.
fn visit(app: &App, pedido: &mut Request, base: Navegante) -> Option<HeaderValue> {
    let tiene = cookie(pedido.headers(), VISITA).filter(|v| v.len() == 43);
    let (valor, nueva) = match tiene {
        Some(valor) => (valor.to_owned(), None),
        None => {
            let valor = sesion::new_token().unwrap_or_default();
            let galleta = sesion::cookie(&app.entorno, VISITA, &valor, VIDA_MS / 1000);
            (valor, galleta)
        }
    };
    let secreto = app.entorno.firma.mark("visita", &valor);
    pedido.extensions_mut().insert(Navegante { secreto, ..base });
    nueva
}

/// Writes the last use, apart from the request, and gives a new token if one was asked for.
async fn refreshed(app: &App, viva: &Viva, token: &str) -> Option<HeaderValue> {
    if viva.is_unnoted(app.cx.now()) {
        note_use(app, viva.id);
    }
    if !(viva.rotar && viva.es_la_actual) {
        return None;
    }
    match rotate(app, viva.id, token).await {
        Ok(Some(nuevo)) => session_cookie(app, &nuevo),
        Ok(None) => None,
        Err(error) => {
            tracing::warn!(%error, "a session did not take another token");
            None
        }
    }
}

async fn rotate(app: &App, id: SesionId, token: &str) -> Result<Option<String>, Error> {
    let tx = app.db.begin().await?;
    let nuevo = rotate_sesion(&tx, &app.cx, id, token).await?;
    tx.commit().await?;
    Ok(nuevo)
}

/// The cookie with a token of a session.
pub(crate) fn session_cookie(app: &App, token: &str) -> Option<HeaderValue> {
    sesion::cookie(&app.entorno, sesion::galleta(&app.entorno), token, VIDA_MS / 1000)
}

fn note_use(app: &App, id: SesionId) {
    let (app, ahora) = (app.clone(), app.cx.now());
    tokio::spawn(async move {
        let escrito = async {
            let tx = app.db.begin().await?;
            storage::sesiones::touch(&tx, id, ahora).await?;
            tx.commit().await
        };
        if let Err(error) = escrito.await {
            tracing::warn!(%error, "the last use of a session was not noted");
        }
    });
}

/// Whether the handler wrote this cookie itself: then its word is the last.
fn sets(cabeceras: &HeaderMap, galleta: &HeaderValue) -> bool {
    let nombre =
        |v: &HeaderValue| v.to_str().ok().and_then(|t| t.split('=').next()).map(ToOwned::to_owned);
    let nuestro = nombre(galleta);
    cabeceras.get_all(header::SET_COOKIE).iter().any(|v| nombre(v) == nuestro)
}
