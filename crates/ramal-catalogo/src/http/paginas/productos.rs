//! List of products and list of combos, with the price of today. It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_db::Pagina;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Conteo, Enlace, Filtro, Insignia, Listado, Marco, Opcion, page};
use ramal_web::{App, Problem};

use super::super::dia;
use super::{RAIZ, palabras, tabs};
use crate::permisos::LeerCatalogo;
use crate::storage::{self, FiltroProductos};
use crate::textos::TEXTOS;
use crate::{ClaseProducto, Oferta, Tecnologia, Zona, oferta};

#[derive(Template)]
#[template(path = "catalogo/productos.html", blocks = ["lista"])]
struct Lista {
    marco: Marco,
    pestanas: Vec<Enlace>,
    l: Listado,
    clases: Vec<Opcion>,
    tecnologias: Vec<Opcion>,
    zonas: Vec<Opcion>,
    activos: Vec<Opcion>,
    filas: Vec<Fila>,
    /// Whether the list is that of combos.
    combos: bool,
    nuevo: String,
}

/// A product of the list.
struct Fila {
    codigo: String,
    nombre: String,
    clase: String,
    tecnologia: String,
    velocidad: String,
    precio: String,
    /// What is paid today and by which promotion; empty if none applies.
    a_pagar: String,
    promocion: String,
    estado: Insignia,
}

/// Which of both lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cual {
    Productos,
    Combos,
}

/// `GET /admin/catalogo`
pub async fn get_productos(
    vista: Vista<LeerCatalogo>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    list(&app, &vista, Cual::Productos).await
}

/// `GET /admin/catalogo/combos`
pub async fn get_combos(
    vista: Vista<LeerCatalogo>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    list(&app, &vista, Cual::Combos).await
}

async fn list(app: &App, vista: &Vista<LeerCatalogo>, cual: Cual) -> Result<Response, Problem> {
    let clave = if cual == Cual::Combos { "catalogo-combos" } else { "catalogo-productos" };
    let marco = vista.marco(&TEXTOS, clave);
    let hoy = dia(app, None).await?;
    let zonas = storage::zonas_activas(&app.db).await?;
    let opciones = Opciones::new(&marco, &zonas);
    let l = Listado::new(&marco, opciones.filtros(cual));
    let zona = l.get("zona").and_then(|codigo| zonas.iter().find(|z| z.codigo == codigo));
    let filtro = filter(&l, zona, cual);
    let pagina = storage::list(&app.db, &filtro, &l.cursor()).await?;
    let total = storage::count(&app.db, &filtro).await?;
    let l = l.paged(&pagina).counted(&marco, Conteo::of(total));
    let filas = rows(app, &marco, pagina, zona, hoy).await?;
    let pestanas = tabs(&marco, clave);
    let Opciones { clases, tecnologias, zonas, activos } = opciones;
    let combos = cual == Cual::Combos;
    let nuevo = format!("{RAIZ}/nuevo{}", if combos { "?clase=combo" } else { "" });
    let lista =
        Lista { marco, pestanas, l, clases, tecnologias, zonas, activos, filas, combos, nuevo };
    if vista.peticion().hx.wants("lista") {
        return page(StatusCode::OK, &lista.as_lista());
    }
    page(StatusCode::OK, &lista)
}

/// Choices of the filters.
struct Opciones {
    clases: Vec<Opcion>,
    tecnologias: Vec<Opcion>,
    zonas: Vec<Opcion>,
    activos: Vec<Opcion>,
}

impl Opciones {
    fn new(marco: &Marco, zonas: &[Zona]) -> Opciones {
        Opciones {
            clases: palabras::clases(marco),
            tecnologias: palabras::tecnologias(marco),
            zonas: zonas.iter().map(|z| Opcion::new(&z.codigo, &z.nombre)).collect(),
            activos: palabras::activos(marco),
        }
    }

    fn filtros(&self, cual: Cual) -> Vec<Filtro> {
        let mut filtros = vec![Filtro::texto("q", "catalogo-buscar")];
        if cual == Cual::Productos {
            filtros.push(Filtro::opciones("tipo", "catalogo-tipo", self.clases.clone()));
        }
        let otros = [
            ("tecnologia", "catalogo-tecnologia", &self.tecnologias),
            ("zona", "catalogo-zona", &self.zonas),
            ("activo", "catalogo-estado", &self.activos),
        ];
        filtros.extend(otros.map(|(nombre, clave, o)| Filtro::opciones(nombre, clave, o.clone())));
        filtros
    }
}

fn filter(l: &Listado, zona: Option<&Zona>, cual: Cual) -> FiltroProductos {
    let clase = l.get("tipo").and_then(ClaseProducto::parse);
    FiltroProductos {
        buscar: l.get("q").map(|t| t.chars().take(100).collect()),
        clase: if cual == Cual::Combos { Some(ClaseProducto::Combo) } else { clase },
        menos: (cual == Cual::Productos).then_some(ClaseProducto::Combo),
        tecnologia: l.get("tecnologia").and_then(Tecnologia::parse),
        activo: l.get("activo").map(|t| t == "true"),
        zona: zona.map(|z| z.tecnologias.clone()),
        categoria: None,
    }
}

async fn rows(
    app: &App,
    marco: &Marco,
    pagina: Pagina<crate::Producto>,
    zona: Option<&Zona>,
    hoy: Fecha,
) -> Result<Vec<Fila>, Problem> {
    let ofertas = oferta::ofertas(&app.db, pagina.datos, zona, hoy).await?;
    Ok(ofertas.into_iter().map(|o| row(marco, o)).collect())
}

fn row(marco: &Marco, o: Oferta) -> Fila {
    let promocion = o.promocion.map_or_else(String::new, |p| p.nombre);
    let a_pagar = if promocion.is_empty() { String::new() } else { marco.dinero(&o.a_pagar) };
    Fila {
        clase: palabras::clase(marco, o.producto.clase),
        tecnologia: palabras::tecnologia(marco, o.producto.tecnologia),
        velocidad: palabras::velocidad(marco, &o.producto),
        precio: marco.dinero(&o.lista),
        a_pagar,
        promocion,
        estado: palabras::activo(marco, o.producto.activo),
        codigo: o.producto.codigo,
        nombre: o.producto.nombre,
    }
}
