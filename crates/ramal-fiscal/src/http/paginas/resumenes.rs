//! Daily summaries and voiding notices of Peru: the list, and one with its documents. It sends
//! none.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Conteo, Enlace, Filtro, Insignia, Listado, Marco, Opcion, page};
use ramal_web::{App, Problem, Ruta};

use super::palabras;
use crate::conexiones::load_emisor;
use crate::http::archivos::attachment;
use crate::http::permisos::LeerComprobantes;
use crate::lotes::{self, FiltroLotes, LoteFila, MiembroFila};
use crate::textos::TEXTOS;

const RUTA: &str = "/facturacion/resumenes";
/// States of a file, in the order of its life.
const ESTADOS: [&str; 7] =
    ["en_cola", "enviando", "en_proceso", "aceptado", "rechazado", "excepcion", "incierto"];

struct Fila {
    lote: LoteFila,
    tipo: String,
    estado: Insignia,
}

#[derive(Template)]
#[template(path = "fiscal/resumenes.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    l: Listado,
    filas: Vec<Fila>,
    secciones: Vec<Enlace>,
    estados: Vec<Opcion>,
    emisores: Vec<Opcion>,
}

struct Miembro {
    fila: MiembroFila,
    tipo: String,
    total: String,
    estado: Insignia,
}

#[derive(Template)]
#[template(path = "fiscal/resumen.html", blocks = ["lista"])]
struct Resumen {
    marco: Marco,
    l: Listado,
    lote: LoteFila,
    tipo: String,
    estado: Insignia,
    emisor: String,
    miembros: Vec<Miembro>,
    peso_xml: String,
    peso_cdr: Option<String>,
}

/// `GET /facturacion/resumenes`
pub(super) async fn lista(
    vista: Vista<LeerComprobantes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "fiscal-resumenes-titulo");
    let (_, emisores) = palabras::emisor_options(&app).await?;
    let opcion = |e: &str| Opcion::new(e, palabras::insignia_lote(&marco, e).texto);
    let estados: Vec<Opcion> = ESTADOS.into_iter().map(opcion).collect();
    let filtros = vec![
        Filtro::opciones("estado", "fiscal-estado", estados.clone()),
        Filtro::opciones("emisor", "fiscal-emisor", emisores.clone()),
    ];
    let l = Listado::new(&marco, filtros);
    // An emisor that is no id is nobody's: nothing is shown rather than everything.
    let emisor = |t: &str| t.parse().unwrap_or_default();
    let filtro = FiltroLotes {
        estado: l.get("estado").map(ToOwned::to_owned),
        emisor_id: l.get("emisor").map(emisor),
    };
    let pagina = lotes::page(&app.db, &filtro, &l.cursor()).await?;
    let total = lotes::count(&app.db, &filtro).await?;
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total));
    let fila = |lote: LoteFila| Fila {
        tipo: kind(&marco, &lote.tipo),
        estado: palabras::insignia_lote(&marco, &lote.estado),
        lote,
    };
    let filas = pagina.datos.into_iter().map(fila).collect();
    let secciones = palabras::document_tabs(&marco);
    let lista = Lista { marco, l, filas, secciones, estados, emisores };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &lista.as_lista());
    }
    page(StatusCode::OK, &lista)
}

fn kind(marco: &Marco, tipo: &str) -> String {
    match tipo {
        "RC" => marco.t("fiscal-lote-rc"),
        "RA" => marco.t("fiscal-lote-ra"),
        otro => otro.to_owned(),
    }
}

async fn load(app: &App, id: &str) -> Result<LoteFila, Problem> {
    let lote = lotes::lote(&app.db, palabras::id_of(id)?).await?;
    lote.ok_or_else(|| {
        let detalle = "No existe ese resumen. Puede que la dirección esté incompleta.";
        Problem::new(404, "resumen_no_encontrado", "No encontrado", detalle)
    })
}

/// `GET /facturacion/resumenes/{id}`
pub(super) async fn ver(
    vista: Vista<LeerComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
) -> Result<Response, Problem> {
    let lote = load(&app, &id).await?;
    let marco = vista.marco(&TEXTOS, "fiscal-resumenes-titulo");
    let (arriba, titulo) = (marco.titulo.clone(), lote.nombre.clone());
    let marco = marco.titled(titulo).miga(arriba, RUTA);
    let l = Listado::new(&marco, Vec::new());
    let pagina = lotes::members(&app.db, lote.id, &l.cursor()).await?;
    let emisor = load_emisor(&app.db, lote.emisor_id).await?.fiscal;
    let (xml, cdr) = lotes::bytes(&app.db, lote.id).await?;
    let weight = |b: &Vec<u8>| palabras::weight(&marco, i64::try_from(b.len()).unwrap_or(0));
    let miembro = |fila: MiembroFila| Miembro {
        tipo: palabras::kind(&marco, &fila.tipo),
        total: palabras::money(&marco, fila.total, &fila.moneda),
        estado: palabras::insignia(&marco, &fila.estado),
        fila,
    };
    let resumen = Resumen {
        l: l.paged(&pagina),
        tipo: kind(&marco, &lote.tipo),
        estado: palabras::insignia_lote(&marco, &lote.estado),
        emisor: format!("{} · {}", emisor.numero, emisor.razon_social),
        peso_xml: weight(&xml),
        peso_cdr: cdr.as_ref().map(weight),
        miembros: pagina.datos.into_iter().map(miembro).collect(),
        marco,
        lote,
    };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &resumen.as_lista());
    }
    page(StatusCode::OK, &resumen)
}

/// `GET /facturacion/resumenes/{id}/archivos/{clase}`
pub(super) async fn archivo(
    _vista: Vista<LeerComprobantes>,
    State(app): State<App>,
    Ruta((id, clase)): Ruta<(String, String)>,
) -> Result<Response, Problem> {
    let lote = load(&app, &id).await?;
    let (xml, cdr) = lotes::bytes(&app.db, lote.id).await?;
    match (clase.as_str(), cdr) {
        ("xml", _) => Ok(attachment(&format!("{}.xml", lote.nombre), "application/xml", xml)),
        ("cdr", Some(cdr)) => {
            Ok(attachment(&format!("R-{}.zip", lote.nombre), "application/zip", cdr))
        }
        _ => {
            let detalle = "Ese archivo todavía no existe para este resumen.";
            Err(Problem::new(404, "archivo_no_encontrado", "No encontrado", detalle))
        }
    }
}
