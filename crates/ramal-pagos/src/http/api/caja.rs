//! The cash desk over HTTP.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use ramal_db::Consulta;
use ramal_plataforma::{Can, Permiso};
use ramal_web::ensamble::PREFIJO;
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use uuid::Uuid;

use super::{bad_cursor, required};
use crate::actions::{
    DatosApertura, DatosCaja, DatosCierre, DatosMovimiento, FacultadCierre, approve_cierre,
    close_turno, create_caja, open_turno, record_movimiento, update_caja,
};
use crate::ajustes::{self, DatosLimites};
use crate::caja::{CajaId, Turno, TurnoId};
use crate::permisos::{AdministrarCaja, LeerPagos, OperarCaja, SupervisarCaja};
use crate::storage::caja;
use crate::vistas_caja::{CajaView, TurnoView};
use crate::{Error, permisos};

/// Las cajas, por código
#[utoipa::path(get, path = "/caja/cajas", tag = "caja",
    responses((status = 200, description = "Todas", body = Vec<CajaView>)))]
pub async fn get_cajas(
    _can: Can<LeerPagos>,
    State(app): State<App>,
) -> Result<Json<Vec<CajaView>>, Problem> {
    let todas = caja::cajas(&app.db).await?;
    Ok(Json(todas.into_iter().map(CajaView::from).collect()))
}

/// Crea una caja
#[utoipa::path(post, path = "/caja/cajas", tag = "caja", params(CabeceraIdempotencia),
    request_body = DatosCaja,
    responses((status = 201, description = "Creada", body = CajaView)))]
pub async fn post_caja(
    can: Can<AdministrarCaja>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosCaja>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let vista = CajaView::from(create_caja(&tx, can.cx(), datos).await?);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Cambia una caja
#[utoipa::path(patch, path = "/caja/cajas/{id}", tag = "caja",
    params(("id" = Uuid, Path, description = "Identificador de la caja")),
    request_body = DatosCaja,
    responses((status = 200, description = "Como quedó", body = CajaView)))]
pub async fn patch_caja(
    can: Can<AdministrarCaja>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    Parsed(datos): Parsed<DatosCaja>,
) -> Result<Json<CajaView>, Problem> {
    let tx = app.db.begin().await?;
    let nueva = update_caja(&tx, can.cx(), CajaId::from_uuid(id), datos).await?;
    tx.commit().await?;
    Ok(Json(CajaView::from(nueva)))
}

/// Cambia los límites de devolución y de diferencia de cierre
#[utoipa::path(patch, path = "/caja/limites", tag = "caja", request_body = DatosLimites,
    responses((status = 200, description = "Cambiados", body = DatosLimites)))]
pub async fn patch_limites(
    can: Can<AdministrarCaja>,
    State(app): State<App>,
    Parsed(datos): Parsed<DatosLimites>,
) -> Result<Json<DatosLimites>, Problem> {
    let tx = app.db.begin().await?;
    ajustes::change(&tx, can.cx(), datos.clone()).await?;
    tx.commit().await?;
    Ok(Json(datos))
}

async fn view(c: &impl Consulta, turno: Turno) -> Result<TurnoView, Error> {
    let conteos = caja::conteos(c, &turno).await?;
    Ok(TurnoView::of(turno, conteos))
}

/// Turnos de caja, del más nuevo al más viejo
#[utoipa::path(get, path = "/caja/turnos", tag = "caja", params(Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<TurnoView>)))]
pub async fn get_turnos(
    _can: Can<LeerPagos>,
    State(app): State<App>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<TurnoView>>, Problem> {
    let filas = caja::turnos(&app.db, None, &pagina.cursor()).await?.ok_or_else(bad_cursor)?;
    Ok(Json(PaginaView::of(filas, |t| TurnoView::of(t, Vec::new()))))
}

/// Un turno con lo que debería haber y lo contado
#[utoipa::path(get, path = "/caja/turnos/{id}", tag = "caja",
    params(("id" = Uuid, Path, description = "Identificador del turno")),
    responses((status = 200, description = "El turno", body = TurnoView)))]
pub async fn get_turno(
    _can: Can<LeerPagos>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Json<TurnoView>, Problem> {
    let turno = caja::turno(&app.db, TurnoId::from_uuid(id)).await?;
    Ok(Json(view(&app.db, turno.ok_or(Error::NotFound("turno"))?).await?))
}

/// Abre un turno de quien llama
#[utoipa::path(post, path = "/caja/turnos", tag = "caja", params(CabeceraIdempotencia),
    request_body = DatosApertura,
    responses((status = 201, description = "Abierto", body = TurnoView,
        headers(("Location" = String)))))]
pub async fn post_turno(
    can: Can<OperarCaja>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosApertura>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let turno = open_turno(&tx, can.cx(), datos).await?;
    let lugar = [(header::LOCATION, format!("{PREFIJO}/caja/turnos/{}", turno.id))];
    let vista = view(&tx, turno).await?;
    let creado = (StatusCode::CREATED, &lugar[..]);
    let respuesta = idem.remember_with(&tx, can.cx(), creado, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Cierra un turno con lo contado
///
/// Una diferencia sobre el límite deja el turno `por_aprobar`, salvo para quien supervisa la caja.
#[utoipa::path(post, path = "/caja/turnos/{id}/cerrar", tag = "caja",
    params(("id" = Uuid, Path, description = "Identificador del turno"), CabeceraIdempotencia),
    request_body = DatosCierre,
    responses((status = 200, description = "Como quedó", body = TurnoView)))]
pub async fn post_cerrar(
    can: Can<OperarCaja>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosCierre>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let facultad = faculty(can.may(permisos::SupervisarCaja::NOMBRE));
    let turno = close_turno(&tx, can.cx(), TurnoId::from_uuid(id), (datos, facultad)).await?;
    let vista = view(&tx, turno).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// What somebody may accept alone when a shift is closed.
pub(crate) fn faculty(supervisa: bool) -> FacultadCierre {
    if supervisa { FacultadCierre::Supervisor } else { FacultadCierre::Cajero }
}

/// Acepta la diferencia de un turno
#[utoipa::path(post, path = "/caja/turnos/{id}/aprobar", tag = "caja",
    params(("id" = Uuid, Path, description = "Identificador del turno"), CabeceraIdempotencia),
    responses((status = 200, description = "Cerrado", body = TurnoView)))]
pub async fn post_aprobar_cierre(
    can: Can<SupervisarCaja>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let turno = approve_cierre(&tx, can.cx(), TurnoId::from_uuid(id)).await?;
    let vista = view(&tx, turno).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Mete o saca efectivo del turno abierto de quien llama
#[utoipa::path(post, path = "/caja/movimientos", tag = "caja", params(CabeceraIdempotencia),
    request_body = DatosMovimiento,
    responses((status = 201, description = "El turno como quedó", body = TurnoView)))]
pub async fn post_movimiento(
    can: Can<OperarCaja>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosMovimiento>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let turno = record_movimiento(&tx, can.cx(), datos).await?;
    let vista = view(&tx, turno).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
