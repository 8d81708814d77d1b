//! Routes that contract a service and move its state. Thin: authorize, begin, call one action,
//! commit, render.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use ramal_base::Cx;
use ramal_db::Tx;
use ramal_plataforma::Can;
use ramal_web::ensamble::PREFIJO;
use ramal_web::{App, CabeceraIdempotencia, ClaveIdempotencia, Etag, Parsed, Problem, Ruta};

use super::api::view;
use super::vistas::ServicioView;
use crate::comandos::{DatosContratar, OrdenServicio, OrdenSuspender};
use crate::permisos::{CancelarServicios, ContratarServicios, SuspenderServicios};
use crate::{Servicio, actions, referencia};

/// Contrata un servicio
///
/// Sin `precio` cuesta lo que dice el catálogo en la zona del domicilio, en proporción al período
/// y con la mejor promoción vigente.
#[utoipa::path(post, path = "/servicios/contratar", tag = "servicios",
    params(CabeceraIdempotencia), request_body = DatosContratar,
    responses((status = 201, description = "Contratado", body = ServicioView,
        headers(("Location" = String), ("ETag" = String)))))]
pub async fn post_contratar(
    can: Can<ContratarServicios>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosContratar>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let servicio = actions::contratar(&tx, can.cx(), datos).await?;
    let respuesta = answer(&tx, can.cx(), &idem, StatusCode::CREATED, servicio).await?;
    tx.commit().await?;
    Ok(respuesta)
}

async fn answer(
    tx: &Tx,
    cx: &Cx,
    idem: &ClaveIdempotencia,
    estado: StatusCode,
    servicio: Servicio,
) -> Result<Response, Problem> {
    let hoy = actions::hoy(tx, cx).await?;
    let mut cabeceras =
        vec![(header::ETAG, Etag::from_version(servicio.version).as_str().to_owned())];
    if estado == StatusCode::CREATED {
        cabeceras.push((header::LOCATION, format!("{PREFIJO}/servicios/{}", servicio.id)));
    }
    let vista = view(tx, servicio, hoy).await?;
    idem.remember_with(tx, cx, (estado, &cabeceras), &vista).await
}

/// Suspende o pausa un servicio
///
/// Con una fecha por venir queda programado; con una pasada, lo ya cobrado se acredita según la
/// política de la empresa.
#[utoipa::path(post, path = "/servicios/{id}/suspender", tag = "servicios",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "S-1"),
        CabeceraIdempotencia),
    request_body = OrdenSuspender,
    responses((status = 200, description = "El servicio como quedó", body = ServicioView,
        headers(("ETag" = String)))))]
pub async fn post_suspender(
    can: Can<SuspenderServicios>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(orden): Parsed<OrdenSuspender>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let id = referencia::servicio(&tx, &id).await?;
    let servicio = actions::suspend(&tx, can.cx(), id, orden).await?;
    let respuesta = answer(&tx, can.cx(), &idem, StatusCode::OK, servicio).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Reactiva un servicio
///
/// Levanta el corte, la pausa o el fin del plazo; si está activo, quita la suspensión o la baja
/// que tenga programada.
#[utoipa::path(post, path = "/servicios/{id}/reactivar", tag = "servicios",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "S-1"),
        CabeceraIdempotencia),
    request_body = OrdenServicio,
    responses((status = 200, description = "El servicio como quedó", body = ServicioView,
        headers(("ETag" = String)))))]
pub async fn post_reactivar(
    can: Can<SuspenderServicios>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(orden): Parsed<OrdenServicio>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let id = referencia::servicio(&tx, &id).await?;
    let servicio = actions::reactivate(&tx, can.cx(), id, orden).await?;
    let respuesta = answer(&tx, can.cx(), &idem, StatusCode::OK, servicio).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Cancela un servicio
///
/// La fecha es el primer día sin servicio. Es para siempre, salvo que la fecha esté por venir:
/// hasta entonces se puede mover o quitar.
#[utoipa::path(post, path = "/servicios/{id}/cancelar", tag = "servicios",
    params(("id" = String, Path, description = "Identificador o código impreso", example = "S-1"),
        CabeceraIdempotencia),
    request_body = OrdenServicio,
    responses((status = 200, description = "El servicio como quedó", body = ServicioView,
        headers(("ETag" = String)))))]
pub async fn post_cancelar(
    can: Can<CancelarServicios>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(orden): Parsed<OrdenServicio>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let id = referencia::servicio(&tx, &id).await?;
    let servicio = actions::cancel(&tx, can.cx(), id, orden).await?;
    let respuesta = answer(&tx, can.cx(), &idem, StatusCode::OK, servicio).await?;
    tx.commit().await?;
    Ok(respuesta)
}
