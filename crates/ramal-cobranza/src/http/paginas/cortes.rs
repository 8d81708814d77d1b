//! The lists of cuts by day. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_db::Pagina;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Enlace, Insignia, Listado, page};
use ramal_web::{App, Marco, Problem};

use super::comun::{CORTES, tabs, word};
use crate::http::politica::words;
use crate::nucleo::Impedimento;
use crate::permisos::LeerCobranza;
use crate::reglas::Reglas;
use crate::storage::cortes::{self as tabla, CorteFila};
use crate::textos::TEXTOS;

#[derive(Template)]
#[template(path = "cobranza/cortes.html")]
struct Cortes {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    filas: Vec<Fila>,
    proximo: String,
    antes: Vec<String>,
}

struct Fila {
    dia: String,
    ruta: String,
    insignia: Insignia,
    incluidos: String,
    excluidos: String,
    suspendidos: String,
    omitidos: String,
}

/// `GET /facturacion/morosos/cortes`
pub async fn lista(
    vista: Vista<LeerCobranza>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "cobranza-cortes-titulo").listens(&["corte"]);
    let reglas = Reglas::load(&app.db, vista.cx()).await?;
    let l = Listado::new(&marco, Vec::new());
    let cursor = l.cursor();
    let antes = cursor.cursor.as_deref().and_then(|t| Fecha::parse(t).ok());
    let filas = tabla::latest(&app.db, antes, cursor.filas()).await?;
    let pagina = Pagina::cut(filas, &cursor, |f| f.fecha.to_string());
    let filas = pagina.datos.iter().map(|f| row(&marco, f)).collect();
    let l = l.paged(&pagina);
    let (proximo, antes) = next_day(&marco, &reglas);
    let pestanas = tabs(&marco, CORTES);
    page(StatusCode::OK, &Cortes { marco, pestanas, l, filas, proximo, antes })
}

fn row(marco: &Marco, f: &CorteFila) -> Fila {
    let numero = |n: i64| marco.formato().numero(n);
    Fila {
        dia: marco.fecha_texto(&f.fecha),
        ruta: format!("{CORTES}/{}", f.fecha),
        insignia: list_badge(marco, &f.estado),
        incluidos: numero(f.incluidos),
        excluidos: numero(f.excluidos),
        suspendidos: numero(f.suspendidos),
        omitidos: numero(f.omitidos),
    }
}

/// Badge of a list.
pub(super) fn list_badge(marco: &Marco, estado: &str) -> Insignia {
    let texto = marco.t(&format!("cobranza-corte-{}", word(estado)));
    match estado {
        "ejecutada" => Insignia::ok(texto),
        "aprobada" => Insignia::ramal(texto),
        "por_aprobar" => Insignia::mal(texto),
        "propuesta" => Insignia::aviso(texto),
        _ => Insignia::gris(texto),
    }
}

/// The next day on which somebody may be cut, and what stops each day before it.
pub(super) fn next_day(marco: &Marco, reglas: &Reglas) -> (String, Vec<String>) {
    let (_, calendario) = reglas.general();
    let corte = calendario.primer_permitido(reglas.hoy);
    let dia = |(fecha, i): (Fecha, Impedimento)| {
        let texto = marco.fecha_texto(&fecha);
        format!("{texto}: {}", stop(marco, &i))
    };
    let antes = calendario.explicacion(reglas.hoy).into_iter().take(20).map(dia).collect();
    (corte.map(|c| marco.fecha_texto(&c)).unwrap_or_default(), antes)
}

/// What stops a day, in words.
pub(super) fn stop(marco: &Marco, i: &Impedimento) -> String {
    let (clave, nombre) = words(i);
    match i {
        Impedimento::Semana(n) => marco.t(&format!("cobranza-dia-{n}")),
        _ => marco.t1(&format!("cobranza-impide-{}", word(clave)), "nombre", nombre),
    }
}
