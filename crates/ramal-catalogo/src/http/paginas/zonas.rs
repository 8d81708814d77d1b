//! List of zones and the sheet of one. They change nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Conteo, Enlace, Filtro, Insignia, Listado, Marco, Opcion, page};
use ramal_web::{App, Problem, Ruta};

use super::super::dia;
use super::{RAIZ, palabras, tabs};
use crate::permisos::LeerCatalogo;
use crate::storage::{self, FiltroZonas};
use crate::textos::TEXTOS;
use crate::{Error, Tecnologia, Zona};

/// Postal codes that the sheet lists before it only counts them.
const POSTALES: usize = 200;

#[derive(Template)]
#[template(path = "catalogo/zonas.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    tecnologias: Vec<Opcion>,
    activos: Vec<Opcion>,
    filas: Vec<Fila>,
}

/// A zone of the list.
struct Fila {
    codigo: String,
    nombre: String,
    tecnologias: String,
    postales: String,
    estado: Insignia,
}

#[derive(Template)]
#[template(path = "catalogo/zona.html")]
struct Ficha {
    marco: Marco,
    zona: Zona,
    estado: Insignia,
    tecnologias: String,
    postales: String,
    cuantos: String,
    precios: Vec<Precio>,
    hoy: String,
}

/// A price of the zone.
struct Precio {
    codigo: String,
    nombre: String,
    precio: String,
    general: String,
    desde: String,
}

/// `GET /admin/catalogo/zonas`
pub async fn get_zonas(
    vista: Vista<LeerCatalogo>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "catalogo-zonas");
    let (tecnologias, activos) = (palabras::tecnologias(&marco), palabras::activos(&marco));
    let filtros = vec![
        Filtro::texto("q", "catalogo-buscar-zona"),
        Filtro::opciones("tecnologia", "catalogo-tecnologia", tecnologias.clone()),
        Filtro::opciones("activo", "catalogo-estado", activos.clone()),
    ];
    let l = Listado::new(&marco, filtros);
    let filtro = FiltroZonas {
        buscar: l.get("q").map(|t| t.chars().take(100).collect()),
        tecnologia: l.get("tecnologia").and_then(Tecnologia::parse),
        activa: l.get("activo").map(|t| t == "true"),
    };
    let pagina = storage::search_zonas(&app.db, &filtro, &l.cursor()).await?;
    let total = storage::count_zonas(&app.db, &filtro).await?;
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total));
    let fila = |z: Zona| Fila {
        tecnologias: palabras::lista_tecnologias(&marco, &z.tecnologias),
        postales: count(&marco, z.codigos_postales.len()),
        estado: palabras::activo(&marco, z.activa),
        codigo: z.codigo,
        nombre: z.nombre,
    };
    let filas = pagina.datos.into_iter().map(fila).collect();
    let pestanas = tabs(&marco, "catalogo-zonas");
    let lista = Lista { marco, pestanas, l, tecnologias, activos, filas };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &lista.as_lista());
    }
    page(StatusCode::OK, &lista)
}

fn count(marco: &Marco, n: usize) -> String {
    marco.numero(&i64::try_from(n).unwrap_or(i64::MAX))
}

/// `GET /admin/catalogo/zonas/{codigo}`
pub async fn get_zona(
    vista: Vista<LeerCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let zona = storage::zona_by_codigo(&app.db, &codigo).await?.ok_or(Error::ZonaNotFound)?;
    let hoy = dia(&app, None).await?;
    let marco = vista.marco(&TEXTOS, "catalogo-titulo").titled(&zona.nombre);
    let (raiz, zonas) = (marco.t("catalogo-titulo"), marco.t("catalogo-zonas"));
    let marco = marco.miga(raiz, RAIZ).miga(zonas, format!("{RAIZ}/zonas"));
    let muestra = &zona.codigos_postales[..zona.codigos_postales.len().min(POSTALES)];
    let ficha = Ficha {
        estado: palabras::activo(&marco, zona.activa),
        tecnologias: palabras::lista_tecnologias(&marco, &zona.tecnologias),
        postales: muestra.join(", "),
        cuantos: count(&marco, zona.codigos_postales.len()),
        precios: prices(&app, &marco, &zona, hoy).await?,
        hoy: marco.fecha_texto(&hoy),
        zona,
        marco,
    };
    page(StatusCode::OK, &ficha)
}

/// The prices of the zone that hold on a day, by product; of several, the one that began last.
async fn prices(
    app: &App,
    marco: &Marco,
    zona: &Zona,
    hoy: ramal_base::Fecha,
) -> Result<Vec<Precio>, Problem> {
    let mut vigentes = storage::precios_en(&app.db, zona.id, hoy).await?;
    vigentes.sort_by(|a, b| (a.producto_id, b.desde).cmp(&(b.producto_id, a.desde)));
    vigentes.dedup_by_key(|p| p.producto_id);
    let ids: Vec<crate::ProductoId> = vigentes.iter().map(|p| p.producto_id).collect();
    let mut productos = Vec::new();
    for tanda in ids.chunks(400) {
        productos.extend(storage::by_ids(&app.db, tanda).await?);
    }
    productos.sort_by(|a, b| a.nombre.cmp(&b.nombre));
    let precio = |p: crate::Producto| {
        let suyo = vigentes.iter().find(|v| v.producto_id == p.id)?;
        Some(Precio {
            precio: marco.dinero(&suyo.precio),
            general: marco.dinero(&p.precio),
            desde: marco.fecha(&suyo.desde),
            codigo: p.codigo,
            nombre: p.nombre,
        })
    };
    Ok(productos.into_iter().filter_map(precio).collect())
}
