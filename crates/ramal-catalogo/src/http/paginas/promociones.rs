//! List of promotions, with where each one stands today. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Conteo, Enlace, Filtro, Insignia, Listado, Marco, Opcion, page};
use ramal_web::{App, Problem};

use super::super::dia;
use super::{palabras, tabs};
use crate::permisos::LeerCatalogo;
use crate::storage::{self, FiltroPromociones, Vigencia};
use crate::textos::TEXTOS;
use crate::{Producto, ProductoId, Promocion};

#[derive(Template)]
#[template(path = "catalogo/promociones.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    vigencias: Vec<Opcion>,
    activos: Vec<Opcion>,
    filas: Vec<Fila>,
}

/// A promotion of the list.
struct Fila {
    codigo: String,
    nombre: String,
    producto: String,
    descuento: String,
    desde: String,
    hasta: String,
    estado: Insignia,
}

/// `GET /admin/catalogo/promociones`
pub async fn get_promociones(
    vista: Vista<LeerCatalogo>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "catalogo-promociones");
    let (vigencias, activos) = (palabras::vigencias(&marco), palabras::activos(&marco));
    let filtros = vec![
        Filtro::texto("q", "catalogo-buscar-promocion"),
        Filtro::opciones("vigencia", "catalogo-vigencia", vigencias.clone()),
        Filtro::opciones("activo", "catalogo-estado", activos.clone()),
    ];
    let l = Listado::new(&marco, filtros);
    let hoy = dia(&app, None).await?;
    let filtro = filter(&l, hoy);
    let pagina = storage::search_promociones(&app.db, &filtro, &l.cursor()).await?;
    let total = storage::count_promociones(&app.db, &filtro).await?;
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total));
    let ids: Vec<ProductoId> = pagina.datos.iter().filter_map(|p| p.producto_id).collect();
    let productos = storage::by_ids(&app.db, &ids).await?;
    let fila = |p: Promocion| row(&marco, p, &productos, hoy);
    let filas = pagina.datos.into_iter().map(fila).collect();
    let pestanas = tabs(&marco, "catalogo-promociones");
    let lista = Lista { marco, pestanas, l, vigencias, activos, filas };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &lista.as_lista());
    }
    page(StatusCode::OK, &lista)
}

fn filter(l: &Listado, hoy: Fecha) -> FiltroPromociones {
    FiltroPromociones {
        buscar: l.get("q").map(|t| t.chars().take(100).collect()),
        activa: l.get("activo").map(|t| t == "true"),
        vigencia: match l.value("vigencia") {
            "vigente" => Some(Vigencia::Vigente(hoy)),
            "futura" => Some(Vigencia::Futura(hoy)),
            "terminada" => Some(Vigencia::Terminada(hoy)),
            _ => None,
        },
        producto: None,
    }
}

fn row(marco: &Marco, p: Promocion, productos: &[Producto], hoy: Fecha) -> Fila {
    Fila {
        producto: product_name(marco, &p, productos),
        descuento: palabras::descuento(marco, &p),
        desde: marco.fecha(&p.desde),
        hasta: p.hasta.map_or_else(|| marco.t("catalogo-sin-fin"), |h| marco.fecha(&h)),
        estado: palabras::vigencia(marco, &p, hoy),
        codigo: p.codigo,
        nombre: p.nombre,
    }
}

/// Name of the product of a promotion; «todos» if it is for all.
pub(super) fn product_name(marco: &Marco, p: &Promocion, productos: &[Producto]) -> String {
    let producto = p.producto_id.and_then(|id| productos.iter().find(|x| x.id == id));
    producto.map_or_else(|| marco.t("catalogo-todos-los-productos"), |x| x.nombre.clone())
}
