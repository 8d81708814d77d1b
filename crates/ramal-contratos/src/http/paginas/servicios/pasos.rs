//! Pages of the steps of the state machine: suspend, reactivate, cancel. Thin: the permission and
//! the step.

use axum::extract::State;
use axum::response::Response;
use ramal_plataforma::Vista;
use ramal_web::{App, Formulario, Problem, Ruta};

use super::paso::{self, Acto, Quien};
use crate::permisos::{CancelarServicios, SuspenderServicios};

/// `GET /admin/servicios/{codigo}/suspender`
pub async fn get_suspender(
    vista: Vista<SuspenderServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    paso::show(&app, &Quien::of(&vista), Acto::Suspender, &codigo).await
}

/// `POST /admin/servicios/{codigo}/suspender`
pub async fn post_suspender(
    vista: Vista<SuspenderServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    paso::post(&app, &Quien::of(&vista), Acto::Suspender, &codigo, form).await
}

/// `GET /admin/servicios/{codigo}/reactivar`
pub async fn get_reactivar(
    vista: Vista<SuspenderServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    paso::show(&app, &Quien::of(&vista), Acto::Reactivar, &codigo).await
}

/// `POST /admin/servicios/{codigo}/reactivar`
pub async fn post_reactivar(
    vista: Vista<SuspenderServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    paso::post(&app, &Quien::of(&vista), Acto::Reactivar, &codigo, form).await
}

/// `GET /admin/servicios/{codigo}/cancelar`
pub async fn get_cancelar(
    vista: Vista<CancelarServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    paso::show(&app, &Quien::of(&vista), Acto::Cancelar, &codigo).await
}

/// `POST /admin/servicios/{codigo}/cancelar`
pub async fn post_cancelar(
    vista: Vista<CancelarServicios>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    form: Formulario,
) -> Result<Response, Problem> {
    paso::post(&app, &Quien::of(&vista), Acto::Cancelar, &codigo, form).await
}
