//! JSON routes of the payments that wait for a person. Thin: the decision is in its action.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_plataforma::Can;
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::api::bad_cursor;
use super::vistas::CuarentenaView;
use crate::Error;
use crate::actions::{Asignacion, assign_cuarentena, dismiss_cuarentena};
use crate::permisos::{LeerCobros, ResolverCobros};
use crate::storage::cuarentena::{self, CuarentenaId};

/// Filtro de los pagos que esperan.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiltroCuarentena {
    /// `abierta` (si no se dice), `asignada` o `descartada`.
    #[param(example = "abierta")]
    pub estado: Option<String>,
}

/// Cuerpo de `POST /cobros/cuarentena/{id}/descartar`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Descarte {
    /// Por qué, de 5 a 300 caracteres.
    #[schema(example = "Prueba de la pasarela")]
    pub razon: String,
}

/// Lista los pagos que nadie puede asegurar de quién son
#[utoipa::path(get, path = "/cobros/cuarentena", tag = "cobros",
    params(FiltroCuarentena, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<CuarentenaView>)))]
pub async fn get_cuarentena(
    _can: Can<LeerCobros>,
    State(app): State<App>,
    Filtros(filtro): Filtros<FiltroCuarentena>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<CuarentenaView>>, Problem> {
    let estado = filtro.estado.as_deref().unwrap_or("abierta");
    let filas = cuarentena::list(&app.db, estado, &pagina.cursor()).await?;
    let filas = filas.ok_or_else(bad_cursor)?;
    Ok(Json(PaginaView::of(filas, CuarentenaView::from)))
}

/// Asigna un pago que espera a un cliente
///
/// Se registra como pagado por él; sin factura, paga lo más viejo que debe.
#[utoipa::path(post, path = "/cobros/cuarentena/{id}/asignar", tag = "cobros",
    params(("id" = Uuid, Path, description = "Identificador en la cuarentena"),
        CabeceraIdempotencia),
    request_body = Asignacion,
    responses((status = 200, description = "Cómo quedó", body = CuarentenaView)))]
pub async fn post_asignar(
    can: Can<ResolverCobros>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(asignacion): Parsed<Asignacion>,
) -> Result<Response, Problem> {
    let id = CuarentenaId::from_uuid(id);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    assign_cuarentena(&tx, can.cx(), id, &asignacion).await?;
    let vista = shown(&tx, id).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Descarta un pago que espera
///
/// No es dinero de ningún cliente; queda quién lo dijo y por qué.
#[utoipa::path(post, path = "/cobros/cuarentena/{id}/descartar", tag = "cobros",
    params(("id" = Uuid, Path, description = "Identificador en la cuarentena"),
        CabeceraIdempotencia),
    request_body = Descarte,
    responses((status = 200, description = "Cómo quedó", body = CuarentenaView)))]
pub async fn post_descartar(
    can: Can<ResolverCobros>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    idem: ClaveIdempotencia,
    Parsed(descarte): Parsed<Descarte>,
) -> Result<Response, Problem> {
    let id = CuarentenaId::from_uuid(id);
    let tx = app.db.begin().await?;
    if let Some(respuesta) = idem.recall(&tx).await? {
        return Ok(respuesta);
    }
    dismiss_cuarentena(&tx, can.cx(), id, &descarte.razon).await?;
    let vista = shown(&tx, id).await?;
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::OK, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

async fn shown(tx: &ramal_db::Tx, id: CuarentenaId) -> Result<CuarentenaView, Error> {
    let fila = cuarentena::by_id(tx, id).await?.ok_or(Error::NotFound("pago"))?;
    Ok(CuarentenaView::from(fila))
}
