//! Prices by zone on a day, products down and zones across. A row leads to the sheet of its
//! product, where it changes.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Conteo, Enlace, Filtro, Listado, Marco, Opcion, page};
use ramal_web::{App, Problem};

use super::super::dia;
use super::{palabras, query_form, tabs};
use crate::permisos::LeerCatalogo;
use crate::storage::{self, FiltroProductos};
use crate::textos::TEXTOS;
use crate::{ClaseProducto, PrecioZona, Producto, Zona, precio};

/// Zones across; beyond, one is chosen.
const COLUMNAS: usize = 6;

#[derive(Template)]
#[template(path = "catalogo/precios.html", blocks = ["lista"])]
struct Matriz {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    clases: Vec<Opcion>,
    zonas: Vec<Opcion>,
    columnas: Vec<String>,
    /// How many zones are not shown.
    otras: i64,
    dia: String,
    filas: Vec<Fila>,
}

/// A product of the matrix.
struct Fila {
    codigo: String,
    nombre: String,
    general: String,
    celdas: Vec<Celda>,
}

/// What a product costs in a zone.
struct Celda {
    zona: String,
    precio: String,
    /// Whether the price is the zone's own.
    propio: bool,
}

/// `GET /admin/catalogo/precios`
pub async fn get_precios(
    vista: Vista<LeerCatalogo>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "catalogo-precios");
    let todas = storage::zonas_activas(&app.db).await?;
    let clases = palabras::todas_las_clases(&marco);
    let zonas: Vec<Opcion> = todas.iter().map(|z| Opcion::new(&z.codigo, &z.nombre)).collect();
    let filtros = vec![
        Filtro::texto("q", "catalogo-buscar"),
        Filtro::opciones("tipo", "catalogo-tipo", clases.clone()),
        Filtro::opciones("zona", "catalogo-zona", zonas.clone()),
        Filtro::fecha("fecha", "catalogo-dia"),
    ];
    let l = Listado::new(&marco, filtros);
    let pedido = super::day(&query_form(&vista.peticion().consulta), "fecha").unwrap_or(None);
    let fecha = dia(&app, pedido).await?;
    let filtro = FiltroProductos {
        buscar: l.get("q").map(|t| t.chars().take(100).collect()),
        clase: l.get("tipo").and_then(ClaseProducto::parse),
        activo: Some(true),
        ..FiltroProductos::default()
    };
    let pagina = storage::list(&app.db, &filtro, &l.cursor()).await?;
    let total = storage::count(&app.db, &filtro).await?;
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total));
    let (columnas, otras) = columns(&todas, l.get("zona"));
    let ids: Vec<crate::ZonaId> = columnas.iter().map(|z| z.id).collect();
    let precios = storage::precios_en_zonas(&app.db, &ids, fecha).await?;
    let row = |p: &Producto| row(&marco, p, (&columnas, &precios), fecha);
    let matriz = Matriz {
        pestanas: tabs(&marco, "catalogo-precios"),
        filas: pagina.datos.iter().map(row).collect(),
        columnas: columnas.iter().map(|z| z.nombre.clone()).collect(),
        otras: i64::try_from(otras).unwrap_or(i64::MAX),
        dia: marco.fecha_texto(&fecha),
        l,
        clases,
        zonas,
        marco,
    };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &matriz.as_lista());
    }
    page(StatusCode::OK, &matriz)
}

/// The zones across and how many are left.
fn columns<'a>(todas: &'a [Zona], elegida: Option<&str>) -> (Vec<&'a Zona>, usize) {
    let mut columnas: Vec<&Zona> =
        todas.iter().filter(|z| elegida.is_none_or(|codigo| z.codigo == codigo)).collect();
    let otras = columnas.len().saturating_sub(COLUMNAS);
    columnas.truncate(COLUMNAS);
    (columnas, otras)
}

fn row(
    marco: &Marco,
    producto: &Producto,
    (zonas, precios): (&[&Zona], &[PrecioZona]),
    fecha: Fecha,
) -> Fila {
    let celda = |zona: &&Zona| {
        let v = precio::vigente(producto, Some(zona.id), precios, &[], fecha);
        Celda {
            zona: zona.nombre.clone(),
            precio: marco.dinero(&v.lista),
            propio: v.zona_id.is_some(),
        }
    };
    Fila {
        codigo: producto.codigo.clone(),
        nombre: producto.nombre.clone(),
        general: marco.dinero(&producto.precio),
        celdas: zonas.iter().map(celda).collect(),
    }
}
