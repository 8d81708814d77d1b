//! The sheet of a promotion, with the price that results from it for a product, a zone and a day.
//! It changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Formulario, Insignia, Marco, Opcion, page};
use ramal_web::{App, Problem, Ruta};

use super::super::dia;
use super::promociones::product_name;
use super::{RAIZ, palabras, query_form};
use crate::permisos::LeerCatalogo;
use crate::textos::TEXTOS;
use crate::{Error, Producto, Promocion, Zona, precio, storage};

#[derive(Template)]
#[template(path = "catalogo/promocion.html")]
struct Ficha {
    marco: Marco,
    promocion: Promocion,
    estado: Insignia,
    producto: String,
    descuento: String,
    periodos: String,
    desde: String,
    hasta: String,
    /// Form of the preview: product, zone and day.
    f: Formulario,
    productos: Vec<Opcion>,
    zonas: Vec<Opcion>,
    prueba: Vec<Prueba>,
}

/// What a product would cost with a promotion.
pub struct Prueba {
    /// Name of the product.
    pub producto: String,
    /// Price before promotions.
    pub lista: String,
    /// What the promotion takes off; empty if it does not apply.
    pub descuento: String,
    /// What is paid with it, if nothing better applies.
    pub a_pagar: String,
    /// Why it is not what is paid; empty if it is.
    pub nota: String,
}

/// For what the price is tried.
pub(super) struct Ensayo {
    pub(super) productos: Vec<Producto>,
    pub(super) zona: Option<Zona>,
    pub(super) fecha: Fecha,
}

/// Products of a preview that names none.
const MUESTRA: usize = 5;

/// `GET /admin/catalogo/promociones/{codigo}`
pub async fn get_promocion(
    vista: Vista<LeerCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let promocion = storage::promocion_by_codigo(&app.db, &codigo).await?;
    let promocion = promocion.ok_or(Error::PromocionNotFound)?;
    let hoy = dia(&app, None).await?;
    let marco = vista.marco(&TEXTOS, "catalogo-titulo").titled(&promocion.nombre);
    let (raiz, todas) = (marco.t("catalogo-titulo"), marco.t("catalogo-promociones"));
    let marco = marco.miga(raiz, RAIZ).miga(todas, format!("{RAIZ}/promociones"));
    let mut f = query_form(&vista.peticion().consulta);
    if super::day(&f, "fecha").ok().flatten().is_none() {
        f.set("fecha", promocion.desde.max(hoy).to_string());
    }
    let productos = storage::all(&app.db).await?;
    let zonas = storage::zonas_activas(&app.db).await?;
    let ensayo = Ensayo::of(&f, &promocion, (&productos, &zonas), hoy);
    let prueba = ensayo.try_out(&app, &marco, &promocion).await?;
    let ficha = Ficha {
        estado: palabras::vigencia(&marco, &promocion, hoy),
        producto: product_name(&marco, &promocion, &productos),
        descuento: palabras::descuento(&marco, &promocion),
        periodos: kept(&marco, &promocion),
        desde: marco.fecha_texto(&promocion.desde),
        hasta: promocion.hasta.map_or_else(String::new, |h| marco.fecha_texto(&h)),
        productos: choices(&productos, &promocion),
        zonas: zonas.iter().map(|z| Opcion::new(&z.codigo, &z.nombre)).collect(),
        prueba,
        f,
        promocion,
        marco,
    };
    page(StatusCode::OK, &ficha)
}

/// During how many periods who takes it keeps it, in words.
fn kept(marco: &Marco, promocion: &Promocion) -> String {
    match promocion.periodos {
        Some(n) => marco.t1("catalogo-durante", "n", n),
        None => marco.t("catalogo-siempre"),
    }
}

/// The products that a preview may name; none if the promotion is for one.
fn choices(productos: &[Producto], promocion: &Promocion) -> Vec<Opcion> {
    if promocion.producto_id.is_some() {
        return Vec::new();
    }
    let activos = productos.iter().filter(|p| p.activo);
    activos.map(|p| Opcion::new(&p.codigo, &p.nombre)).collect()
}

impl Ensayo {
    /// What a form asks to try; without a product, the promotion's own or some.
    pub(super) fn of(
        f: &Formulario,
        promocion: &Promocion,
        (productos, zonas): (&[Producto], &[Zona]),
        hoy: Fecha,
    ) -> Ensayo {
        let codigo = f.value("producto");
        let pedidos = productos.iter().filter(|p| match promocion.producto_id {
            Some(id) => p.id == id,
            None if codigo.is_empty() => p.activo,
            None => p.codigo == codigo,
        });
        Ensayo {
            productos: pedidos.take(MUESTRA).cloned().collect(),
            zona: zonas.iter().find(|z| z.codigo == f.value("zona")).cloned(),
            fecha: super::day(f, "fecha").ok().flatten().unwrap_or(hoy),
        }
    }

    /// The price that results for each product, next to the other promotions of that day.
    pub(super) async fn try_out(
        &self,
        app: &App,
        marco: &Marco,
        promocion: &Promocion,
    ) -> Result<Vec<Prueba>, Problem> {
        let zona = self.zona.as_ref().map(|z| z.id);
        let precios = match zona {
            Some(zona) => storage::precios_en(&app.db, zona, self.fecha).await?,
            None => Vec::new(),
        };
        let mut todas = storage::promociones_en(&app.db, self.fecha).await?;
        todas.retain(|p| p.id != promocion.id);
        todas.push(promocion.clone());
        let una = |p: &Producto| {
            let v = precio::vigente(p, zona, &precios, &todas, self.fecha);
            let gana = v.promocion.is_some_and(|x| x.id == promocion.id);
            let sola =
                precio::vigente(p, zona, &precios, std::slice::from_ref(promocion), self.fecha);
            let descuento = sola.promocion.map(|_| marco.dinero(&sola.descuento));
            Prueba {
                producto: p.nombre.clone(),
                lista: marco.dinero(&v.lista),
                nota: match (v.promocion, descuento.is_some()) {
                    _ if gana => String::new(),
                    (Some(otra), true) => marco.t1("catalogo-gana-otra", "nombre", &otra.nombre),
                    _ => marco.t("catalogo-no-aplica"),
                },
                descuento: descuento.unwrap_or_default(),
                a_pagar: marco.dinero(&v.a_pagar),
            }
        };
        Ok(self.productos.iter().map(una).collect())
    }
}
