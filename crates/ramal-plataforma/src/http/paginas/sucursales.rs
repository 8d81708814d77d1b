//! Branches: where a role may count. A branch is made and renamed, never removed.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_web::pagina::{Aviso, Enlace, Formulario, Marco, page, redirect};
use ramal_web::{App, Problem, Ruta};
use uuid::Uuid;

use super::super::permisos::{AdministrarSucursales, LeerSucursales};
use super::comun::{refused, say_of, tabs};
use crate::textos::TEXTOS;
use crate::{
    Alcance, DatosSucursal, Sucursal, SucursalId, Vista, create_sucursal, storage, update_sucursal,
};

#[derive(Template)]
#[template(path = "plataforma/sucursales.html")]
struct Sucursales {
    marco: Marco,
    pestanas: Vec<Enlace>,
    f: Formulario,
    filas: Vec<Sucursal>,
}

#[derive(Template)]
#[template(path = "plataforma/sucursal.html")]
struct Hoja {
    marco: Marco,
    f: Formulario,
    ruta: String,
}

async fn whole<P>(
    vista: &Vista<P>,
    app: &App,
    alcance: &Alcance,
    f: Formulario,
) -> Result<Sucursales, Problem> {
    let marco = vista.marco(&TEXTOS, "sucursales-titulo");
    let todas = storage::roles::sucursales(&app.db).await?;
    let filas = todas.into_iter().filter(|s| alcance.has(s.id)).collect();
    Ok(Sucursales { pestanas: tabs(&marco), marco, f, filas })
}

/// Every branch within the scope, with the form of a new one.
pub async fn get_sucursales(
    vista: Vista<LeerSucursales>,
    State(app): State<App>,
) -> Result<Response, Problem> {
    let alcance = vista.alcance();
    page(StatusCode::OK, &whole(&vista, &app, &alcance, Formulario::default()).await?)
}

fn data_of(f: &Formulario) -> DatosSucursal {
    let zona = Some(f.value("zona").to_owned());
    DatosSucursal { nombre: f.value("nombre").to_owned(), zona }
}

/// Makes a branch.
pub async fn post_sucursal(
    vista: Vista<AdministrarSucursales>,
    State(app): State<App>,
    f: Formulario,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    match create_sucursal(&tx, vista.cx(), data_of(&f)).await {
        Ok(sucursal) => {
            tx.commit().await?;
            let aviso = say_of(vista.peticion(), "sucursales-creada", &sucursal.nombre);
            Ok(redirect(&app, "/admin/sucursales", &[Aviso::ok(aviso)]))
        }
        Err(error) => {
            tx.rollback().await?;
            let (estado, f) = refused(f, error)?;
            page(estado, &whole(&vista, &app, &vista.alcance(), f).await?)
        }
    }
}

fn sheet(vista: &Vista<AdministrarSucursales>, f: Formulario, id: Uuid) -> Hoja {
    let marco = vista.marco(&TEXTOS, "sucursales-cambiar-titulo");
    let lista = marco.t("sucursales-titulo");
    let marco = marco.miga(lista, "/admin/sucursales");
    Hoja { marco, f, ruta: format!("/admin/sucursales/{id}") }
}

/// The form of a branch.
pub async fn get_sucursal(
    vista: Vista<AdministrarSucursales>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let s = within(&vista, &app, id).await?;
    let f = Formulario::filled([
        ("nombre", s.nombre),
        ("zona", s.zona.unwrap_or_default()),
        ("version", s.version.to_string()),
    ]);
    page(StatusCode::OK, &sheet(&vista, f, id))
}

/// A branch that the scope reaches. Errors: 404 also for another.
async fn within(
    vista: &Vista<AdministrarSucursales>,
    app: &App,
    id: Uuid,
) -> Result<Sucursal, Problem> {
    let id = SucursalId::from_uuid(id);
    if !vista.alcance().has(id) {
        return Err(crate::Error::SucursalNotFound.into());
    }
    Ok(storage::roles::sucursal(&app.db, id).await?)
}

/// Changes a branch.
pub async fn post_cambio(
    vista: Vista<AdministrarSucursales>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    f: Formulario,
) -> Result<Response, Problem> {
    let s = within(&vista, &app, id).await?;
    let version = f.value("version").parse().unwrap_or(0);
    let tx = app.db.begin().await?;
    match update_sucursal(&tx, vista.cx(), (s.id, version), data_of(&f)).await {
        Ok(nueva) => {
            tx.commit().await?;
            let aviso = say_of(vista.peticion(), "sucursales-guardada", &nueva.nombre);
            Ok(redirect(&app, "/admin/sucursales", &[Aviso::ok(aviso)]))
        }
        Err(error) => {
            tx.rollback().await?;
            let (estado, f) = refused(f, error)?;
            page(estado, &sheet(&vista, f, id))
        }
    }
}
