//! The list of runs and the first step of a new one: its day. Nothing is computed here.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::{Fecha, Pais};
use ramal_db::{Cursor, Tx};
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_plataforma::{Permiso, Vista};
use ramal_web::pagina::{Insignia, Listado, Paso, page, redirect};
use ramal_web::{App, Formulario, Marco, Problem};
use serde_json::json;

use super::comun::today;
use super::formas::of_body;
use crate::Error;
use crate::http::facturacion::run_day;
use crate::jobs::TRABAJO_PREVIA;
use crate::permisos::{EjecutarFacturacion, LeerFacturacion};
use crate::storage::corridas::CorridaFila;
use crate::storage::{consultas, previas};
use crate::textos::TEXTOS;

/// Where the runs are.
pub(super) const CORRIDAS: &str = "/facturacion/corridas";

/// Address of the run of a day.
pub(super) fn run_route(fecha: Fecha) -> String {
    format!("{CORRIDAS}/{fecha}")
}

#[derive(Template)]
#[template(path = "facturacion/corridas.html")]
struct Corridas {
    marco: Marco,
    l: Listado,
    filas: Vec<Fila>,
}

struct Fila {
    ruta: String,
    dia: String,
    insignia: Insignia,
    empezo: String,
    termino: String,
}

/// `GET /facturacion/corridas`
pub async fn lista(
    vista: Vista<LeerFacturacion>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "facturacion-corridas-titulo");
    let l = Listado::new(&marco, Vec::new());
    let primera = Cursor { cursor: None, ..l.cursor() };
    let pagina = match consultas::corridas(&app.db, &l.cursor()).await? {
        Some(pagina) => pagina,
        None => consultas::corridas(&app.db, &primera).await?.ok_or(Error::NotFound("corrida"))?,
    };
    let l = l.paged(&pagina);
    let filas = pagina.datos.iter().map(|c| row(&marco, c)).collect();
    page(StatusCode::OK, &Corridas { marco, l, filas })
}

fn row(marco: &Marco, c: &CorridaFila) -> Fila {
    Fila {
        ruta: run_route(c.fecha),
        dia: marco.fecha_texto(&c.fecha),
        insignia: phase_badge(marco, &c.estado),
        empezo: marco.momento(&c.creado),
        termino: c.terminado.map(|t| marco.momento(&t)).unwrap_or_default(),
    }
}

/// Badge of a phase of a run.
pub(super) fn phase_badge(marco: &Marco, estado: &str) -> Insignia {
    let texto = marco.t(&format!("facturacion-corrida-{estado}"));
    match estado {
        "emitida" | "terminada" => Insignia::ok(texto),
        "detenida" => Insignia::mal(texto),
        "pausada" => Insignia::pausa(texto),
        _ => Insignia::aviso(texto),
    }
}

/// Steps of a run, up to the one shown.
pub(super) fn steps(marco: &Marco, actual: usize, fecha: Option<Fecha>) -> Vec<Paso> {
    let claves = [
        "facturacion-paso-definir",
        "facturacion-paso-revisar",
        "facturacion-paso-emitir",
        "facturacion-paso-resultado",
    ];
    let raiz = fecha.map(run_route);
    let ruta = |i: usize| match (i, &raiz) {
        (0, _) => format!("{CORRIDAS}/nueva"),
        (1, Some(raiz)) if actual == 1 => format!("{raiz}/revisar"),
        (_, Some(raiz)) => raiz.clone(),
        _ => CORRIDAS.to_owned(),
    };
    let paso = |(i, clave): (usize, &&str)| match i.cmp(&actual) {
        std::cmp::Ordering::Less => Paso::done(marco.t(clave), ruta(i)),
        std::cmp::Ordering::Equal => Paso::current(marco.t(clave)),
        std::cmp::Ordering::Greater => Paso::pending(marco.t(clave)),
    };
    claves.iter().enumerate().map(paso).collect()
}

#[derive(Template)]
#[template(path = "facturacion/corrida_nueva.html")]
struct Nueva {
    marco: Marco,
    pasos: Vec<Paso>,
    f: Formulario,
    puede_emitir: bool,
}

/// `GET /facturacion/corridas/nueva`
pub async fn get_nueva(
    vista: Vista<LeerFacturacion>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let hoy = today(&app).await?;
    render(&vista, Formulario::filled([("fecha", next_day(hoy).to_string())]))
}

/// The day that is most often wanted: today, or the first of next month in its last days.
fn next_day(hoy: Fecha) -> Fecha {
    let primero = hoy.plus_dias(1 - i32::from(hoy.dia())).plus_meses(1);
    if hoy.dias_hasta(primero) <= 10 { primero } else { hoy }
}

fn render(vista: &Vista<LeerFacturacion>, f: Formulario) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "facturacion-corrida-nueva").refused(&f);
    let lista = marco.t("facturacion-corridas-titulo");
    let marco = marco.miga(lista, CORRIDAS);
    let estado = if f.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let puede_emitir = vista.may(EjecutarFacturacion::NOMBRE);
    let pasos = steps(&marco, 0, None);
    page(estado, &Nueva { marco, pasos, f, puede_emitir })
}

/// `POST /facturacion/corridas/nueva`
///
/// Asks for the preview, which a job computes; looking at it changes nothing else.
pub async fn post_nueva(
    vista: Vista<LeerFacturacion>,
    State(app): State<App>,
    form: Formulario,
) -> Result<Response, Problem> {
    let dia = Fecha::parse(form.value("fecha").trim());
    let fecha = match dia {
        Ok(dia) => run_day(&app, Some(dia)).await,
        Err(_) => Err(Problem::campo("fecha", "fecha_invalida", "Falta el día de la corrida.")),
    };
    let fecha = match fecha {
        Ok(fecha) => fecha,
        Err(problem) => return render(&vista, form.refused(&of_body(problem)?)),
    };
    let tx = app.db.begin().await?;
    ask_preview(&tx, vista.cx(), fecha).await?;
    tx.commit().await?;
    Ok(redirect(&app, &format!("{}/revisar", run_route(fecha)), &[]))
}

/// Asks for a new preview of a day.
pub(super) async fn ask_preview(tx: &Tx, cx: &ramal_base::Cx, fecha: Fecha) -> Result<(), Problem> {
    let id = previas::create(tx, cx, fecha).await?;
    enqueue(tx, cx, NuevoTrabajo::new(TRABAJO_PREVIA, json!({ "previa_id": id }))).await?;
    Ok(())
}

/// How a country says that it issues.
pub(super) fn issue_key(pais: Pais) -> &'static str {
    match pais {
        Pais::Mx => "facturacion-emitir-mx",
        _ => "facturacion-emitir-pe",
    }
}
