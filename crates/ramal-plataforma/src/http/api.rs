//! JSON routes of the slice. Thin: authorize, begin, call one action, commit, render.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use uuid::Uuid;

use super::can::missing;
use super::permisos::{AdministrarClaves, LeerAuditoria, LeerClaves, LeerEmisores, LeerEmpresa};
use super::sobre::Sobre;
use super::vistas::{
    AnotacionView, ClaveCreadaView, ClaveView, EmisorView, EmpresaView, FiltroAuditoria,
    NuevaClaveCmd,
};
use crate::{Can, ClaveId, EmisorId, NuevaClave, actions, storage};

/// La empresa
#[utoipa::path(get, path = "/empresa", tag = "plataforma",
    responses((status = 200, description = "La empresa", body = EmpresaView)))]
pub async fn get_empresa(
    _can: Can<LeerEmpresa>,
    State(app): State<App>,
) -> Result<Json<EmpresaView>, Problem> {
    Ok(Json(storage::empresa(&app.db).await?.into()))
}

/// Los emisores
#[utoipa::path(get, path = "/emisores", tag = "plataforma",
    responses((status = 200, description = "Los emisores", body = PaginaView<EmisorView>)))]
pub async fn get_emisores(
    _can: Can<LeerEmisores>,
    State(app): State<App>,
) -> Result<Json<PaginaView<EmisorView>>, Problem> {
    let emisores = storage::emisores(&app.db).await?;
    let datos = emisores.into_iter().map(EmisorView::from).collect();
    Ok(Json(PaginaView { datos, siguiente: None }))
}

/// Un emisor
#[utoipa::path(get, path = "/emisores/{id}", tag = "plataforma",
    params(("id" = Uuid, Path, description = "Identificador del emisor")),
    responses((status = 200, description = "El emisor", body = EmisorView)))]
pub async fn get_emisor(
    _can: Can<LeerEmisores>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Json<EmisorView>, Problem> {
    Ok(Json(storage::emisor(&app.db, EmisorId::from_uuid(id)).await?.into()))
}

/// La auditoría, de lo más nuevo a lo más viejo
#[utoipa::path(get, path = "/auditoria", tag = "plataforma", params(FiltroAuditoria, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<AnotacionView>)))]
pub async fn get_auditoria(
    _can: Can<LeerAuditoria>,
    State(app): State<App>,
    Filtros(filtro): Filtros<FiltroAuditoria>,
) -> Result<Json<PaginaView<AnotacionView>>, Problem> {
    let cursor = filtro.pagina.cursor();
    let pagina = storage::auditoria::auditoria(&app.db, &filtro.into(), &cursor).await?;
    Ok(Json(PaginaView::of(pagina, AnotacionView::from)))
}

/// Las claves de API
#[utoipa::path(get, path = "/claves-api", tag = "plataforma", params(Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<ClaveView>)))]
pub async fn get_claves(
    _can: Can<LeerClaves>,
    State(app): State<App>,
    Filtros(pagina): Filtros<Paginacion>,
) -> Result<Json<PaginaView<ClaveView>>, Problem> {
    let claves = storage::claves(&app.db, &pagina.cursor()).await?;
    Ok(Json(PaginaView::of(claves, ClaveView::from)))
}

/// Crea una clave de API
///
/// Su texto se muestra esta única vez, y a quien repita la petición con su `Idempotency-Key`. Nadie
/// puede dar un permiso que no tiene.
#[utoipa::path(post, path = "/claves-api", tag = "plataforma", request_body = NuevaClaveCmd,
    params(CabeceraIdempotencia),
    responses((status = 201, description = "Creada", body = ClaveCreadaView)))]
pub async fn post_clave(
    can: Can<AdministrarClaves>,
    State(app): State<App>,
    sobre: Sobre,
    idem: ClaveIdempotencia,
    Parsed(cmd): Parsed<NuevaClaveCmd>,
) -> Result<Response, Problem> {
    if let Some(ajeno) = cmd.permisos.iter().find(|p| !can.may(p)) {
        return Err(missing(ajeno));
    }
    let tx = app.db.begin().await?;
    if let Some(guardada) = idem.recall(&tx).await? {
        return sobre.open(guardada).await;
    }
    let nueva = NuevaClave { nombre: cmd.nombre, permisos: cmd.permisos };
    let creada = actions::create_clave::create_clave(&tx, can.cx(), nueva).await?;
    let cerrada = sobre.close(&ClaveCreadaView::from(creada))?;
    let guardada = idem.remember(&tx, can.cx(), StatusCode::CREATED, &cerrada).await?;
    tx.commit().await?;
    sobre.open(guardada).await
}

/// Revoca una clave de API
#[utoipa::path(delete, path = "/claves-api/{id}", tag = "plataforma",
    params(("id" = Uuid, Path, description = "Identificador de la clave")),
    responses((status = 204, description = "Revocada; repetirlo no cambia nada")))]
pub async fn delete_clave(
    can: Can<AdministrarClaves>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<StatusCode, Problem> {
    let tx = app.db.begin().await?;
    actions::revoke_clave::revoke_clave(&tx, can.cx(), ClaveId::from_uuid(id)).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
