//! Routes of promotions.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use ramal_plataforma::Can;
use ramal_web::ensamble::PREFIJO;
use ramal_web::{
    App, CabeceraIdempotencia, CabeceraIfMatch, ClaveIdempotencia, Etag, Filtros, IfMatch,
    PaginaView, Paginacion, Parsed, Problem, Ruta,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::vistas::PromocionView;
use crate::permisos::{EditarCatalogo, LeerCatalogo};
use crate::promocion::{CambioPromocion, DatosPromocion};
use crate::{Error, ProductoId, PromocionId, actions, storage};

/// Qué promociones se piden; las condiciones se suman.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PromocionesQuery {
    /// Si se puede tomar.
    pub activa: Option<bool>,
    /// Las que se aplican a un producto, también las que son para todos.
    pub producto_id: Option<Uuid>,
}

/// Las promociones, por código
#[utoipa::path(get, path = "/catalogo/promociones", tag = "catalogo",
    params(PromocionesQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<PromocionView>)))]
pub async fn get_promociones(
    _can: Can<LeerCatalogo>,
    State(app): State<App>,
    Filtros(query): Filtros<PromocionesQuery>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<PromocionView>>, Problem> {
    let producto = query.producto_id.map(ProductoId::from_uuid);
    let cursor = pagina.cursor();
    let pagina = storage::list_promociones(&app.db, query.activa, producto, &cursor).await?;
    Ok(Json(PaginaView::of(pagina, PromocionView::from)))
}

/// Una promoción
#[utoipa::path(get, path = "/catalogo/promociones/{id}", tag = "catalogo",
    params(("id" = Uuid, Path, description = "Identificador de la promoción")),
    responses((status = 200, description = "La promoción", body = PromocionView,
        headers(("ETag" = String)))))]
pub async fn get_promocion(
    _can: Can<LeerCatalogo>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<(Etag, Json<PromocionView>), Problem> {
    let promocion = storage::promocion(&app.db, PromocionId::from_uuid(id)).await?;
    let promocion = promocion.ok_or(Error::PromocionNotFound)?;
    Ok((Etag::from_version(promocion.version), Json(promocion.into())))
}

/// Crea una promoción
#[utoipa::path(post, path = "/catalogo/promociones", tag = "catalogo",
    params(CabeceraIdempotencia), request_body = DatosPromocion,
    responses((status = 201, description = "Creada", body = PromocionView,
        headers(("Location" = String), ("ETag" = String)))))]
pub async fn post_promocion(
    can: Can<EditarCatalogo>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(datos): Parsed<DatosPromocion>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    let promocion = actions::create_promocion(&tx, can.cx(), datos).await?;
    let cabeceras = [
        (header::LOCATION, format!("{PREFIJO}/catalogo/promociones/{}", promocion.id)),
        (header::ETAG, Etag::from_version(promocion.version).as_str().to_owned()),
    ];
    let creada = (StatusCode::CREATED, &cabeceras[..]);
    let vista = PromocionView::from(promocion);
    let respuesta = idem.remember_with(&tx, can.cx(), creada, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Cambia el nombre, el fin o el estado de una promoción
///
/// Lo que descuenta no cambia: cree otra y desactive esta con `activa` en false.
#[utoipa::path(patch, path = "/catalogo/promociones/{id}", tag = "catalogo",
    params(("id" = Uuid, Path, description = "Identificador de la promoción"), CabeceraIfMatch),
    request_body = CambioPromocion,
    responses((status = 200, description = "La promoción como quedó", body = PromocionView,
        headers(("ETag" = String)))))]
pub async fn patch_promocion(
    can: Can<EditarCatalogo>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    if_match: IfMatch,
    Parsed(cambio): Parsed<CambioPromocion>,
) -> Result<(Etag, Json<PromocionView>), Problem> {
    let id = PromocionId::from_uuid(id);
    let tx = app.db.begin().await?;
    let actual = storage::lock_promocion(&tx, id).await?.ok_or(Error::PromocionNotFound)?;
    if_match.check(actual.version)?;
    let promocion = actions::update_promocion(&tx, can.cx(), id, cambio).await?;
    tx.commit().await?;
    Ok((Etag::from_version(promocion.version), Json(promocion.into())))
}
