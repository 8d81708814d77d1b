//! Switching products, zones and promotions on and off: done at once, with an undo that is the
//! other switch.

use axum::extract::State;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::pagina::{Aviso, Formulario, redirect};
use ramal_web::{App, Problem, Ruta};

use super::RAIZ;
use crate::formulario::CambioProducto;
use crate::permisos::EditarCatalogo;
use crate::promocion::CambioPromocion;
use crate::textos::TEXTOS;
use crate::zona::CambioZona;
use crate::{Error, actions, storage};

/// Where a switch leads and what it tells.
fn done(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    (ruta, nombre): (String, String),
    on: Switch,
) -> Response {
    let marco = vista.marco(&TEXTOS, "catalogo-titulo");
    let (clave, otro) = match on {
        Switch::On => ("catalogo-quedo-activo", "desactivar"),
        Switch::Off => ("catalogo-quedo-inactivo", "activar"),
    };
    let texto = marco.t1(clave, "nombre", nombre);
    redirect(app, &ruta, &[Aviso::ok(texto).undo(format!("{ruta}/{otro}"))])
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Switch {
    On,
    Off,
}

/// `POST /admin/catalogo/productos/{codigo}/activar`
pub async fn post_activar(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    switch_producto(&app, &vista, &codigo, Switch::On).await
}

/// `POST /admin/catalogo/productos/{codigo}/desactivar`
pub async fn post_desactivar(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    switch_producto(&app, &vista, &codigo, Switch::Off).await
}

async fn switch_producto(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    codigo: &str,
    on: Switch,
) -> Result<Response, Problem> {
    let producto = storage::by_codigo(&app.db, codigo).await?.ok_or(Error::ProductoNotFound)?;
    let cambio = CambioProducto { activo: Some(on == Switch::On), ..CambioProducto::default() };
    let tx = app.db.begin().await?;
    actions::update_producto(&tx, vista.cx(), producto.id, cambio).await?;
    tx.commit().await?;
    let ruta = format!("{RAIZ}/productos/{}", producto.codigo);
    Ok(done(app, vista, (ruta, producto.nombre), on))
}

/// `POST /admin/catalogo/zonas/{codigo}/activar`
pub async fn post_activar_zona(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    switch_zona(&app, &vista, &codigo, Switch::On).await
}

/// `POST /admin/catalogo/zonas/{codigo}/desactivar`
pub async fn post_desactivar_zona(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    switch_zona(&app, &vista, &codigo, Switch::Off).await
}

async fn switch_zona(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    codigo: &str,
    on: Switch,
) -> Result<Response, Problem> {
    let zona = storage::zona_by_codigo(&app.db, codigo).await?.ok_or(Error::ZonaNotFound)?;
    let cambio = CambioZona { activa: Some(on == Switch::On), ..CambioZona::default() };
    let tx = app.db.begin().await?;
    actions::update_zona(&tx, vista.cx(), zona.id, cambio).await?;
    tx.commit().await?;
    let ruta = format!("{RAIZ}/zonas/{}", zona.codigo);
    Ok(done(app, vista, (ruta, zona.nombre), on))
}

/// `POST /admin/catalogo/promociones/{codigo}/activar`
pub async fn post_activar_promo(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    switch_promo(&app, &vista, &codigo, Switch::On).await
}

/// `POST /admin/catalogo/promociones/{codigo}/desactivar`
pub async fn post_desactivar_promo(
    vista: Vista<EditarCatalogo>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    _form: Formulario,
) -> Result<Response, Problem> {
    switch_promo(&app, &vista, &codigo, Switch::Off).await
}

async fn switch_promo(
    app: &App,
    vista: &Vista<EditarCatalogo>,
    codigo: &str,
    on: Switch,
) -> Result<Response, Problem> {
    let promocion = storage::promocion_by_codigo(&app.db, codigo).await?;
    let promocion = promocion.ok_or(Error::PromocionNotFound)?;
    let cambio = CambioPromocion { activa: Some(on == Switch::On), ..CambioPromocion::default() };
    let tx = app.db.begin().await?;
    actions::update_promocion(&tx, vista.cx(), promocion.id, cambio).await?;
    tx.commit().await?;
    let ruta = format!("{RAIZ}/promociones/{}", promocion.codigo);
    Ok(done(app, vista, (ruta, promocion.nombre), on))
}
