//! JSON routes of documents. Thin: authorize, begin, call one action, commit, render.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_db::Consulta;
use ramal_plataforma::{Can, EmisorId};
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use uuid::Uuid;

use super::permisos::{
    AdministrarCertificados, AnularComprobantes, LeerComprobantes, ReintentarComprobantes,
};
use super::vistas::{
    BajaCmd, ComprobanteView, ConteoView, DetalleView, EventoView, FiltroQuery, ReanudadoView,
    SerieView,
};
use crate::actions::Motivo;
use crate::storage::FiltroComprobantes;
use crate::{ComprobanteId, Error, Estado, actions, series, storage};

/// Los comprobantes, del más viejo al más nuevo
#[utoipa::path(get, path = "/comprobantes", tag = "comprobantes", params(FiltroQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<ComprobanteView>)))]
pub(super) async fn get_comprobantes(
    _can: Can<LeerComprobantes>,
    State(app): State<App>,
    Filtros(query): Filtros<FiltroQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<ComprobanteView>>, Problem> {
    let filtro = FiltroComprobantes {
        estados: states(query.estado.as_deref())?,
        emisor_id: query.emisor_id,
        cliente_id: query.cliente_id,
    };
    let pagina = storage::list(&app.db, &filtro, &pagina.cursor()).await?;
    Ok(Json(PaginaView::of(pagina, ComprobanteView::from)))
}

fn states(texto: Option<&str>) -> Result<Vec<Estado>, Problem> {
    let textos = texto.into_iter().flat_map(|t| t.split(',')).map(str::trim);
    let leer = |t: &str| {
        let motivo = "Use estados como aceptado, rechazado, excepcion, incierto o pausado.";
        Estado::parse(t).ok_or_else(|| Problem::campo("estado", "estado_desconocido", motivo))
    };
    textos.filter(|t| !t.is_empty()).map(leer).collect()
}

/// Cuántos comprobantes hay en cada estado
#[utoipa::path(get, path = "/comprobantes/conteos", tag = "comprobantes",
    responses((status = 200, description = "Los conteos", body = Vec<ConteoView>)))]
pub(super) async fn get_conteos(
    _can: Can<LeerComprobantes>,
    State(app): State<App>,
) -> Result<Json<Vec<ConteoView>>, Problem> {
    let conteos = storage::conteos(&app.db).await?;
    let vista = |(estado, cantidad)| ConteoView { estado, cantidad };
    Ok(Json(conteos.into_iter().map(vista).collect()))
}

async fn detail(c: &impl Consulta, id: ComprobanteId) -> Result<DetalleView, Problem> {
    let fila = storage::by_id(c, id).await?.ok_or(Error::NotFound)?;
    let historia = storage::historia(c, id).await?;
    Ok(DetalleView {
        comprobante: fila.into(),
        historia: historia.into_iter().map(EventoView::from).collect(),
    })
}

/// Un comprobante con su historia
#[utoipa::path(get, path = "/comprobantes/{id}", tag = "comprobantes",
    params(("id" = Uuid, Path, description = "Identificador")),
    responses((status = 200, description = "El comprobante", body = DetalleView)))]
pub(super) async fn get_comprobante(
    _can: Can<LeerComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Json<DetalleView>, Problem> {
    Ok(Json(detail(&app.db, ComprobanteId::from_uuid(id)).await?))
}

/// Vuelve a enviar un comprobante detenido, con los mismos bytes
#[utoipa::path(post, path = "/comprobantes/{id}/reintentar", tag = "comprobantes",
    params(("id" = Uuid, Path, description = "Identificador"), CabeceraIdempotencia),
    responses((status = 202, description = "En cola", body = DetalleView)))]
pub(super) async fn post_reintentar(
    can: Can<ReintentarComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
) -> Result<Response, Problem> {
    let (tx, id) = (app.db.begin().await?, ComprobanteId::from_uuid(id));
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    actions::retry_comprobante(&tx, can.cx(), id).await?;
    let detalle = detail(&tx, id).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::ACCEPTED, &detalle).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Pide la cancelación o la baja de un comprobante
///
/// Es definitiva solo cuando la autoridad lo dice; hasta entonces queda en `baja_pendiente`.
#[utoipa::path(post, path = "/comprobantes/{id}/baja", tag = "comprobantes",
    params(("id" = Uuid, Path, description = "Identificador"), CabeceraIdempotencia),
    request_body = BajaCmd,
    responses((status = 202, description = "Pedida", body = DetalleView)))]
pub(super) async fn post_baja(
    can: Can<AnularComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(cmd): Parsed<BajaCmd>,
) -> Result<Response, Problem> {
    let (tx, id) = (app.db.begin().await?, ComprobanteId::from_uuid(id));
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let motivo = Motivo { codigo: cmd.motivo, sustituto: cmd.sustituto, texto: cmd.texto };
    actions::request_baja(&tx, can.cx(), id, motivo).await?;
    let detalle = detail(&tx, id).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::ACCEPTED, &detalle).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Las series de un emisor
#[utoipa::path(get, path = "/emisores/{id}/series", tag = "comprobantes",
    params(("id" = Uuid, Path, description = "Identificador del emisor")),
    responses((status = 200, description = "Las series", body = Vec<SerieView>)))]
pub(super) async fn get_series(
    _can: Can<LeerComprobantes>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Json<Vec<SerieView>>, Problem> {
    ramal_plataforma::emisor(&app.db, EmisorId::from_uuid(id)).await?;
    let lista = series::list(&app.db, id).await?;
    let vista = |(tipo, serie, siguiente)| SerieView { tipo, serie, siguiente };
    Ok(Json(lista.into_iter().map(vista).collect()))
}

/// Reanuda el envío de un emisor en pausa
#[utoipa::path(post, path = "/emisores/{id}/reanudar", tag = "comprobantes",
    params(("id" = Uuid, Path, description = "Identificador del emisor"), CabeceraIdempotencia),
    responses((status = 202, description = "Reanudado", body = ReanudadoView)))]
pub(super) async fn post_reanudar(
    can: Can<AdministrarCertificados>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    ramal_plataforma::emisor(&tx, EmisorId::from_uuid(id)).await?;
    let comprobantes = actions::resume_emisor(&tx, can.cx(), id).await?;
    let vista = ReanudadoView { comprobantes };
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::ACCEPTED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
