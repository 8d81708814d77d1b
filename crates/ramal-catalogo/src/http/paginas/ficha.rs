//! The sheet of a product: what it is, what it costs in each zone, what it has cost. Its forms lead
//! to check pages; nothing changes here.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Insignia, Marco, page};
use ramal_web::{App, Problem, Ruta};

use super::super::dia;
use super::{RAIZ, palabras, query_form};
use crate::permisos::LeerCatalogo;
use crate::storage::{self, PrecioPasado};
use crate::textos::TEXTOS;
use crate::{Error, Oferta, PrecioZona, Producto, Promocion, Zona, oferta, precio, reglas};

/// Most zones of the matrix; beyond, they are searched.
const ZONAS: usize = 40;

#[derive(Template)]
#[template(path = "catalogo/ficha.html")]
struct Ficha {
    marco: Marco,
    producto: Producto,
    estado: Insignia,
    clase: String,
    categoria: String,
    tecnologia: String,
    velocidad: String,
    periodos: String,
    impuesto: String,
    hoy: String,
    precio: String,
    a_pagar: String,
    promocion: String,
    partes: Vec<Parte>,
    zonas: Vec<FilaZona>,
    /// How many zones are not shown.
    otras: i64,
    buscada: String,
    historia: Vec<Pasado>,
}

/// A part of a combo.
struct Parte {
    codigo: String,
    nombre: String,
    cantidad: i32,
}

/// A row of the matrix.
struct FilaZona {
    codigo: String,
    nombre: String,
    precio: String,
    /// Whether the price is the zone's own.
    propio: bool,
    /// What is paid with today's promotion; empty without one.
    a_pagar: String,
    /// The next price, with its day; empty if none is set.
    proximo: String,
    /// Whether the product can be sold there.
    vende: bool,
}

/// A line of the history of prices.
struct Pasado {
    zona: String,
    precio: String,
    desde: String,
    hasta: String,
    estado: Insignia,
    orden: Fecha,
}

/// `GET /admin/catalogo/productos/{codigo}`
pub async fn get_ficha(
    vista: Vista<LeerCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let producto = storage::by_codigo(&app.db, &codigo).await?.ok_or(Error::ProductoNotFound)?;
    let hoy = dia(&app, None).await?;
    let precios = storage::precios_de(&app.db, producto.id).await?;
    let zonas = storage::zonas_activas(&app.db).await?;
    let promociones = storage::promociones_en(&app.db, hoy).await?;
    let historia = storage::historia(&app.db, producto.id).await?;
    let oferta = oferta::oferta(&app.db, producto, None, hoy).await?;
    let marco = vista.marco(&TEXTOS, "catalogo-titulo");
    let marco = marco.titled(&oferta.producto.nombre);
    let clave = if oferta.producto.clase == crate::ClaseProducto::Combo {
        ("catalogo-combos", "/combos")
    } else {
        ("catalogo-productos", "")
    };
    let texto = marco.t(clave.0);
    let marco = marco.miga(texto, format!("{RAIZ}{}", clave.1));
    let buscada = query_form(&vista.peticion().consulta).value("zona").trim().to_owned();
    let (mostradas, otras) = chosen(&zonas, &precios, &buscada);
    let matriz = Matriz {
        marco: &marco,
        oferta: &oferta,
        precios: &precios,
        promociones: &promociones,
        hoy,
    };
    let filas = mostradas.into_iter().map(|z| matriz.row(z)).collect();
    let historia = history(&marco, (&precios, &zonas), historia, hoy);
    let otras = i64::try_from(otras).unwrap_or(i64::MAX);
    page(StatusCode::OK, &sheet(marco, oferta, (filas, otras, buscada), historia, hoy))
}

fn sheet(
    marco: Marco,
    o: Oferta,
    (zonas, otras, buscada): (Vec<FilaZona>, i64, String),
    historia: Vec<Pasado>,
    hoy: Fecha,
) -> Ficha {
    let p = o.producto;
    let parte =
        |c: storage::Componente| Parte { codigo: c.codigo, nombre: c.nombre, cantidad: c.cantidad };
    let periodos: Vec<String> = p.periodos.iter().map(|x| palabras::periodo(&marco, *x)).collect();
    let promocion = o.promocion.map_or_else(String::new, |p| p.nombre);
    Ficha {
        estado: palabras::activo(&marco, p.activo),
        clase: palabras::clase(&marco, p.clase),
        categoria: palabras::categoria(&marco, p.categoria),
        tecnologia: palabras::tecnologia(&marco, p.tecnologia),
        velocidad: palabras::velocidad(&marco, &p),
        periodos: periodos.join(", "),
        impuesto: palabras::impuesto(&marco, p.impuesto.as_str()),
        hoy: marco.fecha_texto(&hoy),
        precio: marco.dinero(&p.precio),
        a_pagar: if promocion.is_empty() { String::new() } else { marco.dinero(&o.a_pagar) },
        promocion,
        partes: o.componentes.into_iter().map(parte).collect(),
        zonas,
        otras,
        buscada,
        historia,
        producto: p,
        marco,
    }
}

/// The zones to show, those with an own price first, and how many are left.
fn chosen<'a>(zonas: &'a [Zona], precios: &[PrecioZona], buscada: &str) -> (Vec<&'a Zona>, usize) {
    let slug = reglas::slug(buscada);
    let coincide = |z: &&Zona| {
        slug.is_empty() || z.codigo.contains(&slug) || reglas::slug(&z.nombre).contains(&slug)
    };
    let mut todas: Vec<&Zona> = zonas.iter().filter(coincide).collect();
    todas.sort_by_key(|z| !precios.iter().any(|p| p.zona_id == z.id));
    let otras = todas.len().saturating_sub(ZONAS);
    todas.truncate(ZONAS);
    (todas, otras)
}

/// What the rows of the matrix are made of.
struct Matriz<'a> {
    marco: &'a Marco,
    oferta: &'a Oferta,
    precios: &'a [PrecioZona],
    promociones: &'a [Promocion],
    hoy: Fecha,
}

impl Matriz<'_> {
    fn row(&self, zona: &Zona) -> FilaZona {
        let (marco, producto) = (self.marco, &self.oferta.producto);
        let v = precio::vigente(producto, Some(zona.id), self.precios, self.promociones, self.hoy);
        let futuros = self.precios.iter().filter(|p| p.zona_id == zona.id && p.desde > self.hoy);
        let texto = |p: &PrecioZona| {
            let (precio, dia) = (marco.dinero(&p.precio), marco.fecha_texto(&p.desde));
            marco.t2("catalogo-precio-desde", ("precio", precio), ("dia", dia))
        };
        let mut tecnologias = vec![producto.tecnologia];
        tecnologias.extend(self.oferta.componentes.iter().map(|c| c.tecnologia));
        let sin_promocion = v.promocion.is_none();
        FilaZona {
            codigo: zona.codigo.clone(),
            nombre: zona.nombre.clone(),
            precio: marco.dinero(&v.lista),
            propio: v.zona_id.is_some(),
            a_pagar: if sin_promocion { String::new() } else { marco.dinero(&v.a_pagar) },
            proximo: futuros.min_by_key(|p| p.desde).map_or_else(String::new, texto),
            vende: zona.admits(&tecnologias),
        }
    }
}

/// The history of prices, the latest first: those of zones and those outside any.
fn history(
    marco: &Marco,
    (precios, zonas): (&[PrecioZona], &[Zona]),
    generales: Vec<PrecioPasado>,
    hoy: Fecha,
) -> Vec<Pasado> {
    let mut lineas: Vec<Pasado> = Vec::new();
    for p in precios {
        let zona = zonas.iter().find(|z| z.id == p.zona_id);
        let mandan = precios.iter().filter(|o| o.zona_id == p.zona_id && o.is_vigente(hoy));
        let manda = mandan.max_by_key(|o| o.desde).is_some_and(|o| o.id == p.id);
        lineas.push(Pasado {
            zona: zona.map_or_else(|| marco.t("catalogo-zona-cerrada"), |z| z.nombre.clone()),
            precio: marco.dinero(&p.precio),
            desde: marco.fecha(&p.desde),
            hasta: p.hasta.map_or_else(String::new, |h| marco.fecha(&h)),
            estado: standing(marco, p.desde > hoy, manda),
            orden: p.desde,
        });
    }
    let zona_horaria = &marco.formato().zona;
    let mut siguiente: Option<Fecha> = None;
    for g in generales {
        let desde = zona_horaria.fecha(g.momento);
        lineas.push(Pasado {
            zona: marco.t("catalogo-todas-las-zonas"),
            precio: marco.dinero(&g.precio),
            desde: marco.fecha(&desde),
            hasta: siguiente.map_or_else(String::new, |h| marco.fecha(&h)),
            estado: standing(marco, false, siguiente.is_none()),
            orden: desde,
        });
        siguiente = Some(desde);
    }
    lineas.sort_by_key(|l| std::cmp::Reverse(l.orden));
    lineas
}

fn standing(marco: &Marco, futuro: bool, manda: bool) -> Insignia {
    if futuro {
        Insignia::ramal(marco.t("catalogo-futura"))
    } else if manda {
        Insignia::ok(marco.t("catalogo-vigente"))
    } else {
        Insignia::gris(marco.t("catalogo-anterior"))
    }
}
