//! Gallery of every component in every state, in debug builds only: the bed of screenshots and of
//! accessibility checks. Its samples are made up; it reads no database.

mod muestras;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::textos::TEXTOS;
use super::{
    Acceso, Conteo, Enlace, Filtro, Formulario, Hito, Insignia, Listado, Marco, Opcion, Paso,
    Peticion, Sitio, Tema, UsuarioMarco, page,
};
use crate::Problem;
use crate::grafico::Grafico;

/// Address of the gallery.
const RUTA: &str = "/_galeria";

/// Pages of the gallery.
pub fn sitio() -> Sitio {
    Sitio::new()
        .get(RUTA, Acceso::Publico, piezas)
        .get("/_galeria/lista", Acceso::Publico, lista)
        .post("/_galeria/formulario", Acceso::Publico, formulario)
        .get("/_galeria/error/{estado}", Acceso::Publico, refuse)
        .get("/_galeria/vista/{vista}", Acceso::Publico, vista)
}

/// What the address chooses.
#[derive(Deserialize)]
struct Gusto {
    tema: Option<String>,
    densidad: Option<String>,
}

/// A row of the sample list.
struct Fila {
    folio: String,
    cliente: String,
    zona: String,
    vence: String,
    total: String,
    estado: Insignia,
}

/// Everything that the page of components shows.
#[derive(Template)]
#[template(path = "galeria.html")]
struct Piezas {
    marco: Marco,
    f: Formulario,
    mala: Formulario,
    opciones: Vec<Opcion>,
    insignias: Vec<Insignia>,
    pasos: Vec<Paso>,
    hitos: Vec<Hito>,
    enlaces: Vec<Enlace>,
    barras: Grafico,
    lineas: Grafico,
    tira: Grafico,
    chispa: Grafico,
    filas: Vec<Fila>,
}

/// A list with its filters, bulk bar and pages.
#[derive(Template)]
#[template(path = "galeria_lista.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    l: Listado,
    filas: Vec<Fila>,
    opciones: Vec<Opcion>,
}

/// One of the other layouts.
#[derive(Template)]
#[template(path = "galeria_telefono.html")]
struct Telefono {
    marco: Marco,
    filas: Vec<Fila>,
}

#[derive(Template)]
#[template(path = "galeria_publico.html")]
struct Publico {
    marco: Marco,
    f: Formulario,
}

#[derive(Template)]
#[template(path = "galeria_impresion.html")]
struct Impresion {
    marco: Marco,
    filas: Vec<Fila>,
}

fn dressed(mut peticion: Peticion, gusto: &Gusto, clave: &str) -> Marco {
    let (nombre, iniciales) = ("Lucía Mendoza".to_owned(), "LM".to_owned());
    peticion.navegante.usuario = Some(UsuarioMarco { nombre, iniciales });
    peticion.navegante.empresa = "Norte Telecom".to_owned();
    let mut marco = peticion.marco(&TEXTOS, clave);
    match gusto.tema.as_deref() {
        Some("claro") => marco.tema = Tema::Claro,
        Some("oscuro") => marco.tema = Tema::Oscuro,
        _ => {}
    }
    if gusto.densidad.as_deref() == Some("compacta") {
        marco.densidad = "compacta";
    }
    marco.menu = muestras::rail(&marco.textos);
    marco.espacios = muestras::spaces(&marco.textos);
    marco
}

async fn piezas(peticion: Peticion, Query(gusto): Query<Gusto>) -> Result<Response, Problem> {
    let marco = dressed(peticion, &gusto, "galeria-titulo").miga("Inicio", "/admin");
    let ahora = marco.ahora;
    let pagina = Piezas {
        f: muestras::form(),
        mala: muestras::refused_form(),
        opciones: muestras::choices(),
        insignias: muestras::badges(&marco.textos),
        pasos: muestras::steps(),
        hitos: muestras::timeline(ahora),
        enlaces: muestras::tabs(),
        barras: muestras::bars(),
        lineas: muestras::lines(),
        tira: muestras::strip(),
        chispa: muestras::spark(),
        filas: muestras::rows(&marco.textos, 4),
        marco,
    };
    page(StatusCode::OK, &pagina)
}

async fn lista(peticion: Peticion, Query(gusto): Query<Gusto>) -> Result<Response, Problem> {
    let hx = peticion.hx.clone();
    let marco = dressed(peticion, &gusto, "galeria-lista");
    let filtros = vec![
        Filtro::texto("q", "galeria-buscar"),
        Filtro::opciones("estado", "galeria-estado", muestras::choices()),
        Filtro::fecha("desde", "galeria-vence"),
    ];
    let l = Listado::new(&marco, filtros)
        .sortable(&["vence", "total"])
        .views(muestras::tabs())
        .paged(&muestras::sample_page())
        .counted(&marco, Conteo::of(10_001));
    let cuantas = if l.value("q") == "nada" { 0 } else { 50 };
    let filas = muestras::rows(&marco.textos, cuantas);
    let pagina = Lista { l, filas, opciones: muestras::choices(), marco };
    if hx.wants("lista") {
        return page(StatusCode::OK, &pagina.as_lista());
    }
    page(StatusCode::OK, &pagina)
}

/// Refuses always, so that the way back of a form can be seen.
async fn formulario(form: Formulario) -> Result<Response, Problem> {
    let vacio = form.value("nombre").is_empty();
    let motivo = if vacio { "Falta el nombre." } else { "Ese nombre ya existe." };
    Err(Problem::campo("nombre", "valor_invalido", motivo))
}

async fn refuse(Path(estado): Path<u16>) -> Result<Response, Problem> {
    let estado = StatusCode::from_u16(estado).unwrap_or(StatusCode::NOT_FOUND);
    Err(Problem::of_status(estado))
}

async fn vista(
    Path(vista): Path<String>,
    peticion: Peticion,
    Query(gusto): Query<Gusto>,
) -> Result<Response, Problem> {
    let marco = dressed(peticion, &gusto, "galeria-titulo");
    let filas = muestras::rows(&marco.textos, 6);
    match vista.as_str() {
        "telefono" => page(StatusCode::OK, &Telefono { marco, filas }),
        "publico" => page(StatusCode::OK, &Publico { marco, f: muestras::form() }),
        "impresion" => page(StatusCode::OK, &Impresion { marco, filas }),
        _ => Err(Problem::of_status(StatusCode::NOT_FOUND)),
    }
}
