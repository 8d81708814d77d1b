//! Pages that change the plan or the price of a service. Thin: the permission, the step, and the
//! plans that can be chosen with what they cost where the service is given.

use axum::extract::State;
use axum::response::Response;
use ramal_base::Fecha;
use ramal_catalogo::ofertas;
use ramal_db::Consulta;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Marco, Opcion};
use ramal_web::{App, Formulario, Problem, Ruta};

use super::palabras::period;
use super::paso::{self, Acto, Quien};
use crate::actions;
use crate::permisos::EditarServicios;
use crate::reglas::escalar;
use crate::{Error, Servicio};

/// `GET /admin/servicios/{codigo}/plan`
pub async fn get_plan(
    vista: Vista<EditarServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    paso::show(&app, &Quien::of(&vista), Acto::Plan, &codigo).await
}

/// `POST /admin/servicios/{codigo}/plan`
pub async fn post_plan(
    vista: Vista<EditarServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    paso::post(&app, &Quien::of(&vista), Acto::Plan, &codigo, form).await
}

/// `GET /admin/servicios/{codigo}/precio`
pub async fn get_precio(
    vista: Vista<EditarServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    paso::show(&app, &Quien::of(&vista), Acto::Precio, &codigo).await
}

/// `POST /admin/servicios/{codigo}/precio`
pub async fn post_precio(
    vista: Vista<EditarServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    paso::post(&app, &Quien::of(&vista), Acto::Precio, &codigo, form).await
}

/// Other plans that are sold in the service's period, currency and zone, with their list price.
pub(super) async fn plan_options(
    c: &impl Consulta,
    marco: &Marco,
    s: &Servicio,
    hoy: Fecha,
) -> Result<Vec<Opcion>, Problem> {
    let zona = actions::zona_de_servicio(c, s).await?;
    let todos = ramal_catalogo::storage::all(c).await?;
    let sirve = |p: &ramal_catalogo::Producto| {
        let periodo = s.periodicidad().is_some_and(|periodo| p.periodos.contains(&periodo));
        p.id != s.producto_id && p.precio.moneda == s.precio.moneda && periodo
    };
    let otros = todos.into_iter().filter(sirve).collect();
    let ofertas = ofertas(c, otros, zona.as_ref(), hoy).await.map_err(Error::from)?;
    let meses = s.ancla.meses();
    let opcion = |o: &ramal_catalogo::Oferta| {
        let de = o.producto.periodos.first().map_or(1, |p| p.meses());
        let precio = marco.dinero(&escalar(o.lista, de, meses));
        let texto = format!("{} · {precio} {}", o.producto.nombre, period(marco, meses));
        Opcion::new(o.producto.id.to_string(), texto)
    };
    Ok(ofertas.iter().filter(|o| o.vendible).map(opcion).collect())
}
