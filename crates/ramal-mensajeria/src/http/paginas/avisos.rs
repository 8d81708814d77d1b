//! One's own notes inside the program: `/avisos`. Nobody sees another's.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::{Cualquiera, Vista};
use ramal_web::pagina::{Listado, Marco, page, redirect};
use ramal_web::{App, Formulario, Problem, Ruta};

use crate::Error;
use crate::http::api::mark_note;
use crate::storage::avisos::{self, AvisoFila, Dueno};
use crate::textos::TEXTOS;

const RUTA: &str = "/avisos";

#[derive(Template)]
#[template(path = "mensajeria/avisos.html", blocks = ["lista"])]
struct Pagina {
    marco: Marco,
    l: Listado,
    filas: Vec<AvisoFila>,
}

fn owner(vista: &Vista<Cualquiera>) -> Dueno {
    // Only tests of pages have nobody behind; nobody's notes are none.
    Dueno::Usuario(vista.identidad().usuario().map_or(uuid::Uuid::nil(), |u| u.uuid()))
}

/// `GET /avisos`
pub(super) async fn lista(
    vista: Vista<Cualquiera>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "mensajes-avisos-titulo");
    let l = Listado::new(&marco, Vec::new());
    let pagina = avisos::list(&app.db, owner(&vista), &l.cursor()).await?;
    let l = l.paged(&pagina);
    let hoja = Pagina { marco, l, filas: pagina.datos };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &hoja.as_lista());
    }
    page(StatusCode::OK, &hoja)
}

/// `POST /avisos/{id}/leido`
pub(super) async fn leer(
    vista: Vista<Cualquiera>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Error::NotificacionNotFound)?;
    let tx = app.db.begin().await?;
    mark_note(&tx, vista.cx(), owner(&vista), id).await?;
    tx.commit().await?;
    Ok(redirect(&app, RUTA, &[]))
}
