//! What happens, told to open pages: `GET /eventos?tema=factura,corrida` (server-sent events). It
//! carries names and ids only; the page asks again for what it shows, with its permissions.

mod canal;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

pub use canal::Canal;
use canal::{Noticia, Noticias};

use crate::Problem;
use crate::pagina::{Acceso, Peticion, Sitio};

/// Silence after which a comment keeps the connection open.
const LATIDO: Duration = Duration::from_secs(20);
/// Life of one connection; the browser comes back by itself and its permissions are asked again.
const VIDA: Duration = Duration::from_secs(15 * 60);
/// Time after which the browser comes back.
const VUELTA: Duration = Duration::from_secs(3);
/// Most pages that listen at once.
const OYENTES: usize = 2_000;

/// The page that listens, for the binary to merge before it wraps the site with its sessions.
pub fn sitio(canal: Canal) -> Sitio {
    Sitio::new()
        .get("/eventos", Acceso::Sesion, listen)
        .wrap(move |router| router.layer(Extension(canal)))
}

#[derive(Deserialize)]
struct Pedido {
    #[serde(default)]
    tema: String,
}

/// Answers with what happens from now on, and with what happened since `Last-Event-ID`.
///
/// Topics without permission are left out. Errors: 401 `sesion_requerida`; 403 `tema_negado` if
/// none is left; 503 when too many pages listen.
async fn listen(
    peticion: Peticion,
    Extension(canal): Extension<Canal>,
    Query(pedido): Query<Pedido>,
    cabeceras: HeaderMap,
) -> Result<Response, Problem> {
    if !peticion.navegante.is_identificado() {
        return Err(Problem::new(401, "sesion_requerida", "Hay que entrar", "La sesión terminó."));
    }
    let temas = canal.allowed(&pedido.tema, &peticion.navegante.puede);
    if temas.is_empty() {
        let detalle = "Ninguno de esos temas existe o está permitido para esta cuenta.";
        return Err(Problem::new(403, "tema_negado", "Tema negado", detalle));
    }
    if canal.listeners() >= OYENTES {
        return Err(Problem::of_status(axum::http::StatusCode::SERVICE_UNAVAILABLE));
    }
    let noticias = canal.subscribe().await?;
    let perdidas = match last_event(&cabeceras) {
        Some(ultimo) => canal.since(ultimo, &temas).await?,
        None => VecDeque::new(),
    };
    let oyente = Oyente { noticias, perdidas, temas, canal, hasta: Instant::now() + VIDA };
    let latido = KeepAlive::new().interval(LATIDO).text("latido");
    let mut respuesta = Sse::new(told(oyente)).keep_alive(latido).into_response();
    let sin_demora = HeaderValue::from_static("no");
    respuesta.headers_mut().insert("x-accel-buffering", sin_demora);
    Ok(respuesta)
}

fn last_event(cabeceras: &HeaderMap) -> Option<Uuid> {
    cabeceras.get("last-event-id")?.to_str().ok()?.parse().ok()
}

/// One open page.
struct Oyente {
    noticias: Receiver<Noticias>,
    perdidas: VecDeque<Noticia>,
    temas: Vec<&'static str>,
    canal: Canal,
    hasta: Instant,
}

/// The greeting, then whatever happens, until the server stops or the connection grows old.
fn told(oyente: Oyente) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let saludo = Event::default().retry(VUELTA).comment("hola");
    unfold((oyente, Some(saludo)), |(mut oyente, saludo)| async move {
        let evento = match saludo {
            Some(saludo) => saludo,
            None => oyente.next().await?,
        };
        Some((Ok(evento), (oyente, None)))
    })
}

impl Oyente {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(noticia) = self.perdidas.pop_front() {
                return Some(noticia.event());
            }
            let cierre = self.canal.closing();
            tokio::select! {
                () = cierre.cancelled() => return None,
                () = sleep_until(self.hasta) => return None,
                recibidas = self.noticias.recv() => match recibidas {
                    Ok(noticias) => {
                        let suyas = noticias.iter().filter(|n| self.temas.contains(&n.tema));
                        self.perdidas.extend(suyas.cloned());
                    }
                    Err(RecvError::Lagged(_)) => {
                        let todo = self.temas.iter().map(|tema| Noticia::anything(tema));
                        self.perdidas.extend(todo);
                    }
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}
