//! What is done to a payment after it was registered, and the refunds that wait.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::{Can, Permiso};
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::pagos::named;
use super::{Novedad, bad_cursor, detail, required};
use crate::actions::{
    self, MotivoReverso, apply_pago, check_reversible, positive, reapply_pago, record_contracargo,
    request_devolucion, reverse_pago, unapply_pago,
};
use crate::contracargo::NuevoContracargo;
use crate::devolucion::{AlcanceDevolucion, DevolucionId, Facultad, NuevaDevolucion};
use crate::permisos::{AplicarPagos, AprobarDevoluciones, DevolverPagos, LeerPagos, RevertirPagos};
use crate::storage::devoluciones;
use crate::vistas::{
    DatosAplicar, DatosContracargo, DatosDevolucion, DatosMotivo, DevolucionView, PagoDetalleView,
    at_sent, destino,
};
use crate::{EstadoDevolucion, Pago};

/// Aplica lo que un pago tiene a favor
///
/// Con `motivo`, primero se desaplica todo y se aplica de otra manera.
#[utoipa::path(post, path = "/pagos/{id}/aplicar", tag = "pagos",
    params(("id" = String, Path, description = "Identificador o número"), CabeceraIdempotencia),
    request_body = DatosAplicar,
    responses((status = 200, description = "El pago como quedó", body = PagoDetalleView)))]
pub async fn post_aplicar(
    can: Can<AplicarPagos>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosAplicar>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let pago = named(&tx, &id).await?;
    let donde = destino(datos.reparto, &datos.partidas)?;
    let hecho = match datos.motivo.as_deref() {
        Some(motivo) => reapply_pago(&tx, can.cx(), pago.id, (donde, motivo)).await,
        None => apply_pago(&tx, can.cx(), pago.id, donde).await,
    };
    hecho.map_err(|error| at_sent(error, &datos.partidas))?;
    finish(&idem, tx, can.cx(), pago.id.uuid()).await
}

/// Quita un pago de todo lo que paga
///
/// El dinero vuelve a favor del cliente y sus facturas quedan abiertas con su vencimiento.
#[utoipa::path(post, path = "/pagos/{id}/desaplicar", tag = "pagos",
    params(("id" = String, Path, description = "Identificador o número"), CabeceraIdempotencia),
    request_body = DatosMotivo,
    responses((status = 200, description = "El pago como quedó", body = PagoDetalleView)))]
pub async fn post_desaplicar(
    can: Can<AplicarPagos>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosMotivo>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let pago = named(&tx, &id).await?;
    unapply_pago(&tx, can.cx(), pago.id, &datos.texto()?).await?;
    finish(&idem, tx, can.cx(), pago.id.uuid()).await
}

/// Revierte un pago registrado por error
#[utoipa::path(post, path = "/pagos/{id}/revertir", tag = "pagos",
    params(("id" = String, Path, description = "Identificador o número"), CabeceraIdempotencia),
    request_body = DatosMotivo,
    responses((status = 200, description = "El pago como quedó", body = PagoDetalleView)))]
pub async fn post_revertir(
    can: Can<RevertirPagos>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosMotivo>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let pago = named(&tx, &id).await?;
    let motivo = MotivoReverso::new(datos.texto()?);
    check_reversible(&pago)?;
    reverse_pago(&tx, can.cx(), pago.id, motivo).await?;
    finish(&idem, tx, can.cx(), pago.id.uuid()).await
}

/// Devuelve dinero de un pago
///
/// Hasta lo que queda sin aplicar. Sobre el límite de la empresa queda `pendiente` (202) hasta que
/// alguien con `devoluciones:aprobar` la apruebe.
#[utoipa::path(post, path = "/pagos/{id}/devolver", tag = "pagos",
    params(("id" = String, Path, description = "Identificador o número"), CabeceraIdempotencia),
    request_body = DatosDevolucion,
    responses((status = 201, description = "Devuelto", body = DevolucionView),
        (status = 202, description = "Espera aprobación", body = DevolucionView)))]
pub async fn post_devolver(
    can: Can<DevolverPagos>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosDevolucion>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let pago = named(&tx, &id).await?;
    let facultad = faculty(can.may(AprobarDevoluciones::NOMBRE));
    let nueva = asked(&pago, datos)?;
    let devolucion = request_devolucion(&tx, can.cx(), nueva, facultad).await?;
    let estado = match devolucion.estado {
        EstadoDevolucion::Pendiente => StatusCode::ACCEPTED,
        _ => StatusCode::CREATED,
    };
    let vista = DevolucionView::from(devolucion);
    let respuesta = idem.remember(&tx, can.cx(), estado, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// What somebody may decide alone of a refund.
pub(crate) fn faculty(aprueba: bool) -> Facultad {
    if aprueba { Facultad::Cualquiera } else { Facultad::HastaLimite }
}

/// The refund that a body asks for. Errors: `Refused`.
pub(crate) fn asked(pago: &Pago, datos: DatosDevolucion) -> Result<NuevaDevolucion, crate::Error> {
    Ok(NuevaDevolucion {
        pago_id: pago.id,
        monto: positive("monto", &datos.monto)?,
        medio: datos.medio.unwrap_or(pago.medio),
        motivo: datos.motivo.unwrap_or_default(),
        referencia: datos.referencia,
        alcance: AlcanceDevolucion::SinAplicar,
    })
}

/// Registra un contracargo o un cheque devuelto
///
/// Las facturas que pagaba vuelven a estar abiertas con su vencimiento. No corta nada: cobranza da
/// un aviso y dos días hábiles.
#[utoipa::path(post, path = "/pagos/{id}/contracargo", tag = "pagos",
    params(("id" = String, Path, description = "Identificador o número"), CabeceraIdempotencia),
    request_body = DatosContracargo,
    responses((status = 200, description = "El pago como quedó", body = PagoDetalleView)))]
pub async fn post_contracargo(
    can: Can<RevertirPagos>,
    State(app): State<App>,
    Ruta(id): Ruta<String>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosContracargo>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let pago = named(&tx, &id).await?;
    record_contracargo(&tx, can.cx(), charged(&pago, datos)?).await?;
    finish(&idem, tx, can.cx(), pago.id.uuid()).await
}

/// The chargeback that a body tells. Errors: `Refused`.
pub(crate) fn charged(
    pago: &Pago,
    datos: DatosContracargo,
) -> Result<NuevoContracargo, crate::Error> {
    let recargo = datos.recargo.as_deref().map(str::trim).filter(|t| !t.is_empty());
    Ok(NuevoContracargo {
        pago_id: pago.id,
        clase: datos.clase,
        motivo: datos.motivo.unwrap_or_default(),
        recargo: recargo.map(|texto| positive("recargo", texto)).transpose()?,
    })
}

async fn finish(
    idem: &ClaveIdempotencia,
    tx: ramal_db::Tx,
    cx: &ramal_base::Cx,
    id: Uuid,
) -> Result<Response, Problem> {
    let pago = crate::storage::pagos::by_id(&tx, id).await?;
    let pago = pago.ok_or(crate::Error::NotFound("pago"))?;
    let vista = detail(&tx, pago, Novedad::Conocido).await?;
    let respuesta = idem.remember(&tx, cx, StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Filtros de la lista de devoluciones.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroDevolucionesQuery {
    /// Estado.
    pub estado: Option<EstadoDevolucion>,
}

/// Lista devoluciones, de la más nueva a la más vieja
#[utoipa::path(get, path = "/devoluciones", tag = "pagos",
    params(FiltroDevolucionesQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<DevolucionView>)))]
pub async fn get_devoluciones(
    _can: Can<LeerPagos>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroDevolucionesQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<DevolucionView>>, Problem> {
    let filas = devoluciones::list(&app.db, query.estado, &pagina.cursor()).await?;
    Ok(Json(PaginaView::of(filas.ok_or_else(bad_cursor)?, DevolucionView::from)))
}

/// Aprueba una devolución pendiente
#[utoipa::path(post, path = "/devoluciones/{id}/aprobar", tag = "pagos",
    params(("id" = Uuid, Path, description = "Identificador"), CabeceraIdempotencia),
    responses((status = 200, description = "Devuelta", body = DevolucionView)))]
pub async fn post_aprobar(
    can: Can<AprobarDevoluciones>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let id = DevolucionId::from_uuid(id);
    let vista = DevolucionView::from(actions::approve_devolucion(&tx, can.cx(), id).await?);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Rechaza una devolución pendiente
#[utoipa::path(post, path = "/devoluciones/{id}/rechazar", tag = "pagos",
    params(("id" = Uuid, Path, description = "Identificador"), CabeceraIdempotencia),
    request_body = DatosMotivo,
    responses((status = 200, description = "Rechazada", body = DevolucionView)))]
pub async fn post_rechazar(
    can: Can<AprobarDevoluciones>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosMotivo>,
) -> Result<Response, Problem> {
    required(&idem)?;
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let (id, motivo) = (DevolucionId::from_uuid(id), datos.texto()?);
    let rechazada = actions::reject_devolucion(&tx, can.cx(), id, &motivo).await?;
    let vista = DevolucionView::from(rechazada);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
