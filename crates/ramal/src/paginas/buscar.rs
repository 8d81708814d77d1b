//! One search over everything that the person may see: clients by name, document, phone or code;
//! invoices by number. The slices do the finding.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use ramal_plataforma::{Cualquiera, Vista};
use ramal_web::pagina::page;
use ramal_web::{App, Filtros, Marco, Problem};
use serde::Deserialize;

use super::TEXTOS;

/// Findings shown of each kind.
const POR_CLASE: u32 = 10;

/// What is looked for.
#[derive(Deserialize)]
pub struct Pedido {
    #[serde(default)]
    q: String,
}

/// Something found.
pub struct Hallazgo {
    titulo: String,
    detalle: String,
    ruta: String,
}

/// Findings of one kind.
pub struct Grupo {
    /// Key of its heading.
    clave: &'static str,
    hallazgos: Vec<Hallazgo>,
    /// Where all of them are.
    todos: String,
}

#[derive(Template)]
#[template(path = "ramal/buscar.html")]
struct Buscar {
    marco: Marco,
    q: String,
    grupos: Vec<Grupo>,
}

/// `GET /buscar?q=`
///
/// A search with exactly one finding goes straight to it.
pub async fn buscar(
    vista: Vista<Cualquiera>,
    State(app): State<App>,
    Filtros(pedido): Filtros<Pedido>,
) -> Result<Response, Problem> {
    let q = pedido.q.trim().chars().take(100).collect::<String>();
    let mut grupos = Vec::new();
    if !q.is_empty() {
        grupos = find(&app, &vista, &q).await?;
    }
    let todos: Vec<&Hallazgo> = grupos.iter().flat_map(|g| &g.hallazgos).collect();
    if let [unico] = todos.as_slice() {
        return Ok(Redirect::to(&unico.ruta).into_response());
    }
    let marco = vista.marco(&TEXTOS, "buscar-titulo");
    page(StatusCode::OK, &Buscar { marco, q, grupos })
}

async fn find(app: &App, vista: &Vista<Cualquiera>, q: &str) -> Result<Vec<Grupo>, Problem> {
    let mut grupos = Vec::new();
    let consulta = form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
    if vista.may("clientes:leer") {
        let hallados = ramal_clientes::search(&app.db, q, POR_CLASE).await?;
        let hallazgo = |h: ramal_clientes::Hallazgo| Hallazgo {
            titulo: h.titulo,
            detalle: h.detalle,
            ruta: h.ruta,
        };
        grupos.push(Grupo {
            clave: "buscar-clientes",
            hallazgos: hallados.into_iter().map(hallazgo).collect(),
            todos: format!("/admin/clientes?{consulta}"),
        });
    }
    if vista.may("facturas:leer") {
        let hallados = ramal_facturacion::search(&app.db, q, POR_CLASE).await?;
        let formato = &vista.peticion().navegante.formato;
        let hallazgo = |h: ramal_facturacion::Hallazgo| Hallazgo {
            titulo: h.numero,
            detalle: format!("{} · {}", h.cliente, formato.dinero(h.total)),
            ruta: h.ruta,
        };
        grupos.push(Grupo {
            clave: "buscar-facturas",
            hallazgos: hallados.into_iter().map(hallazgo).collect(),
            todos: format!("/facturacion/facturas?{consulta}"),
        });
    }
    grupos.retain(|g| !g.hallazgos.is_empty());
    Ok(grupos)
}
