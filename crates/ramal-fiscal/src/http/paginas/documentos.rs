//! Queue of legal documents: `/facturacion/documentos`. It sends nothing: the bulk act is in
//! `lote`.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Fecha, Instante};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Conteo, Enlace, Filtro, Insignia, Listado, Marco, Opcion, page};
use ramal_web::{App, Problem};

use super::palabras;
use crate::emision::TRABAJO_ENVIAR;
use crate::http::permisos::{LeerComprobantes, ReintentarComprobantes};
use crate::listado::{self, Busca, FiltroDocumentos, Plazo, REINTENTABLES};
use crate::storage::ComprobanteFila;
use crate::textos::TEXTOS;
use crate::{Estado, Tipo, alarma};

/// Address of the queue.
pub(super) const RUTA: &str = "/facturacion/documentos";
/// Value of the filter of states that means «somebody must look».
const ATENCION: &str = "atencion";
/// Value of the filter of states that means «the term to send runs out».
const PLAZO: &str = "plazo";
/// States in which somebody must look.
const POR_ATENDER: [Estado; 4] =
    [Estado::Rechazado, Estado::Excepcion, Estado::Incierto, Estado::Pausado];

/// Characters of the authority's sentence in a cell.
const MENSAJE: usize = 110;

struct Fila {
    id: String,
    numero: String,
    tipo: String,
    fecha: Fecha,
    receptor: String,
    total: String,
    estado: Insignia,
    codigo: String,
    mensaje: String,
    intentos: i32,
    proximo: Option<Instante>,
    elegible: bool,
}

#[derive(Template)]
#[template(path = "fiscal/documentos.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    l: Listado,
    filas: Vec<Fila>,
    secciones: Vec<Enlace>,
    estados: Vec<Opcion>,
    tipos: Vec<Opcion>,
    emisores: Vec<Opcion>,
    reintenta: bool,
    idem: String,
}

/// `GET /facturacion/documentos`
pub(super) async fn lista(
    vista: Vista<LeerComprobantes>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "fiscal-documentos-titulo");
    let (_, emisores) = palabras::emisor_options(&app).await?;
    let (estados, tipos) = (state_options(&marco), kind_options(&marco));
    let filtros = vec![
        Filtro::texto("q", "fiscal-buscar"),
        Filtro::opciones("estado", "fiscal-estado", estados.clone()),
        Filtro::opciones("tipo", "fiscal-tipo", tipos.clone()),
        Filtro::opciones("emisor", "fiscal-emisor", emisores.clone()),
        Filtro::fecha("desde", "fiscal-desde"),
        Filtro::fecha("hasta", "fiscal-hasta"),
    ];
    let l = Listado::new(&marco, filtros);
    let filtro = filter_of(&l);
    let pagina = listado::documentos(&app.db, &filtro, &l.cursor()).await?;
    let total = listado::count(&app.db, &filtro).await?;
    let conteos = listado::conteos(&app.db).await?;
    let vistas = state_links(&marco, &l, &conteos, alarma::count(&app.db).await?);
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total)).views(vistas);
    let filas = rows(&app, &marco, pagina.datos).await?;
    let lista = Lista {
        secciones: palabras::document_tabs(&marco),
        reintenta: marco.puede(ReintentarComprobantes::NOMBRE),
        idem: vista.peticion().idem(),
        marco,
        l,
        filas,
        estados,
        tipos,
        emisores,
    };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &lista.as_lista());
    }
    page(StatusCode::OK, &lista)
}

/// The filters of the queue without words, to read back what a bulk form carries.
pub(super) fn bare_filters() -> Vec<Filtro> {
    let texto = |nombre| Filtro::texto(nombre, nombre);
    ["q", "estado", "tipo", "emisor", "desde", "hasta"].into_iter().map(texto).collect()
}

/// What the filters in force ask for. A value that is no value finds nothing: a filter that is not
/// understood must not widen a bulk act.
pub(super) fn filter_of(l: &Listado) -> FiltroDocumentos {
    let mut malo = false;
    let mut ask = |bien: bool| malo |= !bien;
    let estados = match l.get("estado") {
        None => Vec::new(),
        Some(ATENCION) => POR_ATENDER.to_vec(),
        Some(PLAZO) => alarma::PENDIENTES.to_vec(),
        Some(texto) => Estado::parse(texto).into_iter().collect(),
    };
    ask(l.get("estado").is_none() || !estados.is_empty());
    let tipo = l.get("tipo").and_then(Tipo::parse);
    ask(l.get("tipo").is_none() || tipo.is_some());
    let emisor_id = l.get("emisor").and_then(|t| t.parse().ok());
    ask(l.get("emisor").is_none() || emisor_id.is_some());
    let dia = |nombre: &str| l.get(nombre).map(Fecha::parse);
    let (desde, hasta) = (dia("desde"), dia("hasta"));
    ask(!matches!(desde, Some(Err(_))) && !matches!(hasta, Some(Err(_))));
    let busca = if malo { Some(Busca::Nada) } else { l.get("q").map(Busca::parse) };
    let (desde, hasta) = (desde.and_then(Result::ok), hasta.and_then(Result::ok));
    let vence = l.get("estado") == Some(PLAZO);
    let plazo = if vence { Plazo::PorVencer } else { Plazo::Cualquiera };
    FiltroDocumentos { estados, emisor_id, tipo, desde, hasta, busca, plazo }
}

fn state_options(marco: &Marco) -> Vec<Opcion> {
    let atencion = Opcion::new(ATENCION, marco.t("fiscal-estado-atencion"));
    let plazo = Opcion::new(PLAZO, marco.t("fiscal-estado-plazo"));
    let uno = |e: Estado| Opcion::new(e.as_str(), palabras::state_text(marco, e));
    [atencion, plazo].into_iter().chain(Estado::TODOS.into_iter().map(uno)).collect()
}

fn kind_options(marco: &Marco) -> Vec<Opcion> {
    let uno = |t: Tipo| Opcion::new(t.codigo(), palabras::kind(marco, t.codigo()));
    Tipo::TODOS.into_iter().map(uno).collect()
}

/// The states that have documents, as links with their number, those that need somebody first.
fn state_links(
    marco: &Marco,
    l: &Listado,
    conteos: &[(Estado, i64)],
    por_vencer: i64,
) -> Vec<Enlace> {
    let actual = l.value("estado");
    let link = |valor: &str, texto: String, n: i64| Enlace {
        texto: format!("{texto} {}", number(marco, n)),
        ruta: if valor.is_empty() { RUTA.to_owned() } else { format!("{RUTA}?estado={valor}") },
        activo: actual == valor,
    };
    let suma = |cuales: &[Estado]| {
        let suyos = conteos.iter().filter(|(e, _)| cuales.contains(e));
        suyos.map(|(_, n)| *n).sum::<i64>()
    };
    let mut enlaces = vec![
        link("", marco.t("kit-todos"), suma(&Estado::TODOS)),
        link(ATENCION, marco.t("fiscal-estado-atencion"), suma(&POR_ATENDER)),
    ];
    if por_vencer > 0 || actual == PLAZO {
        enlaces.push(link(PLAZO, marco.t("fiscal-estado-plazo"), por_vencer));
    }
    for (estado, n) in conteos.iter().filter(|(e, n)| *n > 0 || e.as_str() == actual) {
        enlaces.push(link(estado.as_str(), palabras::state_text(marco, *estado), *n));
    }
    enlaces
}

fn number(marco: &Marco, n: i64) -> String {
    let conteo = Conteo::of(n);
    let numero = marco.formato().numero(conteo.numero());
    if conteo.is_abierto() { marco.t1("kit-mas-de", "n", numero) } else { numero }
}

async fn rows(app: &App, marco: &Marco, datos: Vec<ComprobanteFila>) -> Result<Vec<Fila>, Problem> {
    let espera = |f: &&ComprobanteFila| matches!(f.estado.as_str(), "en_cola" | "enviando");
    let claves: Vec<String> = datos.iter().filter(espera).map(|f| f.id.to_string()).collect();
    let proximos = ramal_jobs::proximos(&app.db, TRABAJO_ENVIAR, &claves).await?;
    let proximos: HashMap<String, Instante> = proximos.into_iter().collect();
    let fila = |f: ComprobanteFila| {
        let id = f.id.to_string();
        Fila {
            proximo: proximos.get(&id).copied(),
            numero: f.numero(),
            tipo: palabras::kind(marco, &f.tipo),
            total: palabras::money(marco, f.total, &f.moneda),
            estado: palabras::insignia(marco, &f.estado),
            elegible: f.estado().is_ok_and(|e| REINTENTABLES.contains(&e)),
            fecha: f.fecha,
            receptor: f.receptor.unwrap_or_default(),
            codigo: f.codigo.filter(|_| f.mensaje.is_some()).unwrap_or_default(),
            mensaje: f.mensaje.as_deref().map(clipped).unwrap_or_default(),
            intentos: f.intentos,
            id,
        }
    };
    Ok(datos.into_iter().map(fila).collect())
}

/// The sentence of the authority as a cell shows it; the detail has all of it.
fn clipped(mensaje: &str) -> String {
    match mensaje.char_indices().nth(MENSAJE) {
        None => mensaje.to_owned(),
        Some((fin, _)) => format!("{}…", mensaje[..fin].trim_end()),
    }
}
