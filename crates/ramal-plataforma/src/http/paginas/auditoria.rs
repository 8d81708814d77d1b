//! The trail for people: who, what, how it was and how it is, by any mix of filters; and the same
//! as CSV, written while it is read.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use futures_util::stream::unfold;
use ramal_base::{Fecha, Instante, Zona};
use ramal_db::Cursor;
use ramal_web::pagina::{Conteo, Filtro, Listado, Marco, Opcion, page};
use ramal_web::{App, Problem};

use super::super::permisos::LeerAuditoria;
use super::permisos_en_palabras::word;
use super::vistas::vistas_de;
use crate::auditoria::{Diferencia, differences};
use crate::textos::TEXTOS;
use crate::usuario::{self, UsuarioId};
use crate::{Anotacion, Error, FiltroTrail, Vista, storage};

#[derive(Template)]
#[template(path = "plataforma/auditoria.html", blocks = ["lista"])]
struct Auditoria {
    marco: Marco,
    l: Listado,
    filas: Vec<Fila>,
    clases: Vec<Opcion>,
    acciones: Vec<Opcion>,
    csv: String,
}

struct Fila {
    instante: Instante,
    quien: String,
    ruta_quien: Option<String>,
    que: String,
    cosa: String,
    ruta_cosa: String,
    cambios: Vec<Cambio>,
}

struct Cambio {
    campo: String,
    antes: String,
    despues: String,
}

fn filters(clases: &[Opcion], acciones: &[Opcion]) -> Vec<Filtro> {
    vec![
        Filtro::texto("actor", "auditoria-quien"),
        Filtro::opciones("accion", "auditoria-que", acciones.to_vec()),
        Filtro::opciones("objeto_tipo", "auditoria-clase", clases.to_vec()),
        Filtro::texto("objeto_id", "auditoria-cosa"),
        Filtro::fecha("desde", "auditoria-desde"),
        Filtro::fecha("hasta", "auditoria-hasta"),
    ]
}

/// The filter of the address: a person by e-mail or by actor, days in the company's zone.
async fn filter(app: &App, zona: &Zona, l: &Listado) -> Result<FiltroTrail, Problem> {
    Ok(FiltroTrail {
        actor: actor_of(app, l.value("actor")).await?,
        accion: l.value("accion").to_owned(),
        objeto_tipo: l.value("objeto_tipo").to_owned(),
        objeto_id: l.value("objeto_id").to_owned(),
        desde: midnight(zona, l.value("desde"), 0),
        hasta: midnight(zona, l.value("hasta"), 1),
    })
}

async fn actor_of(app: &App, escrito: &str) -> Result<String, Problem> {
    if !escrito.contains('@') {
        return Ok(escrito.to_owned());
    }
    let usuario = storage::usuarios::usuario_por_correo(&app.db, escrito).await?;
    Ok(usuario.map_or_else(|| escrito.to_owned(), |u| u.actor()))
}

/// The first instant of a day, or of the one `despues` days later; `None` if it is no day.
fn midnight(zona: &Zona, dia: &str, despues: i32) -> Option<Instante> {
    let fecha = Fecha::parse(dia).ok()?.plus_dias(despues);
    zona.instante(&format!("{fecha}T00:00:00")).ok()
}

/// The trail, newest first.
pub async fn get_auditoria(
    vista: Vista<LeerAuditoria>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "auditoria-titulo");
    let clases = options(&marco, "cosa", storage::auditoria::clases(&app.db).await?);
    let acciones = options(&marco, "accion", storage::auditoria::acciones(&app.db).await?);
    let l = Listado::new(&marco, filters(&clases, &acciones));
    let filtro = filter(&app, &marco.formato().zona, &l).await?;
    let pagina = storage::auditoria::auditoria(&app.db, &filtro, &l.cursor()).await?;
    let cuantas = storage::auditoria::count_auditoria(&app.db, &filtro).await?;
    let aqui = (l.ruta().to_owned(), l.consulta());
    let vistas = vistas_de(&app.db, vista.identidad().usuario(), (&aqui.0, &aqui.1)).await?;
    let l = l.paged(&pagina).counted(&marco, Conteo::of(cuantas)).views(vistas);
    let nombres = names(&app, &pagina.datos).await?;
    let filas = pagina.datos.into_iter().map(|a| row(&marco, &nombres, a)).collect();
    let csv = match l.consulta() {
        c if c.is_empty() => "/admin/auditoria.csv".to_owned(),
        c => format!("/admin/auditoria.csv?{c}"),
    };
    let p = Auditoria { marco, l, filas, clases, acciones, csv };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &p.as_lista());
    }
    page(StatusCode::OK, &p)
}

fn options(marco: &Marco, clase: &str, codigos: Vec<String>) -> Vec<Opcion> {
    codigos.into_iter().map(|c| Opcion::new(c.as_str(), word(marco, clase, &c))).collect()
}

type Nombres = Vec<(UsuarioId, String)>;

/// Names of the people of a page, in one question.
async fn names(app: &App, lineas: &[Anotacion]) -> Result<Nombres, Error> {
    let mut ids: Vec<UsuarioId> =
        lineas.iter().flat_map(|a| [usuario::of_actor(&a.actor), person(a)]).flatten().collect();
    ids.sort();
    ids.dedup();
    Ok(storage::usuarios::nombres(&app.db, &ids).await?)
}

/// The user that a line is about.
fn person(a: &Anotacion) -> Option<UsuarioId> {
    (a.objeto_tipo == "usuario").then(|| a.objeto_id.parse().ok()).flatten()
}

fn name_of(nombres: &Nombres, id: UsuarioId) -> Option<String> {
    nombres.iter().find(|(otro, _)| *otro == id).map(|(_, nombre)| nombre.clone())
}

/// Who acted, in words: a person's name, `Clave «panel»`, or the actor as it is.
fn who(marco: &Marco, nombres: &Nombres, actor: &str) -> String {
    let persona = usuario::of_actor(actor).and_then(|id| name_of(nombres, id));
    persona.unwrap_or_else(|| match actor.split_once(':') {
        Some(("clave", nombre)) => marco.t1("auditoria-clave", "nombre", nombre),
        Some(("trabajo", nombre)) => marco.t1("auditoria-trabajo", "nombre", nombre),
        _ => word(marco, "actor", actor),
    })
}

fn row(marco: &Marco, nombres: &Nombres, a: Anotacion) -> Fila {
    let clase = word(marco, "cosa", &a.objeto_tipo);
    let cual = person(&a).and_then(|id| name_of(nombres, id));
    let corto = || a.objeto_id.chars().take(13).collect::<String>();
    let mut consulta = form_urlencoded::Serializer::new(String::new());
    consulta.append_pair("objeto_tipo", &a.objeto_tipo).append_pair("objeto_id", &a.objeto_id);
    let cambio = |d: Diferencia| Cambio {
        campo: word(marco, "campo", &d.campo),
        antes: d.antes,
        despues: d.despues,
    };
    Fila {
        quien: who(marco, nombres, &a.actor),
        ruta_quien: usuario::of_actor(&a.actor)
            .filter(|_| marco.puede("usuarios:leer"))
            .map(|id| format!("/admin/usuarios/{id}")),
        que: word(marco, "accion", &a.accion),
        cosa: format!("{clase} {}", cual.unwrap_or_else(corto)),
        ruta_cosa: format!("/admin/auditoria?{}", consulta.finish()),
        cambios: differences(a.antes.as_ref(), a.despues.as_ref())
            .into_iter()
            .map(cambio)
            .collect(),
        instante: a.instante,
    }
}

/// The lines of the filter as CSV, read and written page by page: memory does not grow with them.
pub async fn get_csv(
    vista: Vista<LeerAuditoria>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "auditoria-titulo");
    let l = Listado::new(&marco, filters(&[], &[]));
    let filtro = filter(&app, &marco.formato().zona, &l).await?;
    let inicio = Some(Cursor { limite: 200, cursor: None });
    let cabeza = "instante,actor,accion,objeto_tipo,objeto_id,antes,despues\r\n";
    let pagina = move |(app, filtro, cursor): (App, FiltroTrail, Option<Cursor>)| async move {
        let cursor = cursor?;
        match storage::auditoria::auditoria(&app.db, &filtro, &cursor).await {
            Ok(pagina) => {
                let sigue = pagina.siguiente.map(|c| Cursor { limite: 200, cursor: Some(c) });
                Some((csv_of(&pagina.datos), (app, filtro, sigue)))
            }
            Err(error) => Some((Err(std::io::Error::other(error)), (app, filtro, None))),
        }
    };
    let primera =
        futures_util::stream::once(async move { Ok(Bytes::from_static(cabeza.as_bytes())) });
    let resto = unfold((app, filtro, inicio), pagina);
    let todo = StreamExt::chain(primera, StreamExt::fuse(Box::pin(resto)));
    let cuerpo = Body::from_stream(todo);
    let cabeceras = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"auditoria.csv\""),
    ];
    Ok((cabeceras, cuerpo).into_response())
}

fn csv_of(lineas: &[Anotacion]) -> Result<Bytes, std::io::Error> {
    let mut hoja =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for a in lineas {
        let json = |v: &Option<serde_json::Value>| {
            v.as_ref().map_or_else(String::new, ToString::to_string)
        };
        let celdas = [
            a.instante.to_string(),
            a.actor.clone(),
            a.accion.clone(),
            a.objeto_tipo.clone(),
            a.objeto_id.clone(),
            json(&a.antes),
            json(&a.despues),
        ];
        hoja.write_record(celdas.map(|c| harmless(&c)))?;
    }
    hoja.into_inner().map(Bytes::from).map_err(|e| std::io::Error::other(e.to_string()))
}

/// A cell that no spreadsheet runs as a formula.
fn harmless(celda: &str) -> String {
    if celda.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{celda}");
    }
    celda.to_owned()
}
