//! JSON routes of users, roles and branches. Thin: authorize, begin, call one action, commit,
//! render.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_web::{
    App, CabeceraIdempotencia, ClaveIdempotencia, Filtros, PaginaView, Paginacion, Parsed, Problem,
    Ruta,
};
use uuid::Uuid;

use super::permisos::{
    AdministrarRoles, AdministrarSucursales, AdministrarUsuarios, LeerRoles, LeerSucursales,
    LeerUsuarios,
};
use super::vistas_usuarios::{
    CambioUsuarioCmd, DatosRolCmd, DatosSucursalCmd, FiltroUsuariosQuery, NuevoUsuarioCmd, RolView,
    SucursalView, UsuarioView,
};
use crate::{
    CambioUsuario, Can, NuevoUsuario, RolDado, UsuarioId, actions, reactivate_usuario, storage,
    suspend_usuario, update_usuario,
};

/// Los usuarios, por nombre
#[utoipa::path(get, path = "/usuarios", tag = "plataforma",
    params(FiltroUsuariosQuery, Paginacion),
    responses((status = 200, description = "Una página", body = PaginaView<UsuarioView>)))]
pub async fn get_usuarios(
    _can: Can<LeerUsuarios>,
    State(app): State<App>,
    Filtros(filtro): Filtros<FiltroUsuariosQuery>,
) -> Result<Json<PaginaView<UsuarioView>>, Problem> {
    let cursor = filtro.pagina.cursor();
    let pagina = storage::usuarios::usuarios(&app.db, &filtro.into(), &cursor).await?;
    Ok(Json(PaginaView::of(pagina, |u| UsuarioView::of(u, None))))
}

/// Un usuario, con sus roles
#[utoipa::path(get, path = "/usuarios/{id}", tag = "plataforma",
    params(("id" = Uuid, Path, description = "Identificador del usuario")),
    responses((status = 200, description = "El usuario", body = UsuarioView)))]
pub async fn get_usuario(
    _can: Can<LeerUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Json<UsuarioView>, Problem> {
    let usuario = storage::usuarios::usuario(&app.db, UsuarioId::from_uuid(id)).await?;
    let roles = storage::usuarios::roles_de(&app.db, usuario.id).await?;
    Ok(Json(UsuarioView::of(usuario, Some(roles))))
}

/// Crea un usuario
///
/// Sin contraseña: la pone con el enlace que pide en `/recuperar`. Nadie puede dar un rol con un
/// permiso que no tiene.
#[utoipa::path(post, path = "/usuarios", tag = "plataforma", request_body = NuevoUsuarioCmd,
    params(CabeceraIdempotencia),
    responses((status = 201, description = "Creado", body = UsuarioView)))]
pub async fn post_usuario(
    can: Can<AdministrarUsuarios>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(cmd): Parsed<NuevoUsuarioCmd>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(guardada) = idem.recall(&tx).await? {
        return Ok(guardada);
    }
    let nuevo = NuevoUsuario {
        correo: cmd.correo,
        nombre: cmd.nombre,
        roles: cmd.roles.into_iter().map(RolDado::from).collect(),
    };
    let usuario =
        actions::create_usuario::create_usuario(&tx, can.cx(), can.permisos(), nuevo).await?;
    let roles = storage::usuarios::roles_de(&tx, usuario.id).await?;
    let vista = UsuarioView::of(usuario, Some(roles));
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Cambia el nombre y los roles de un usuario
#[utoipa::path(patch, path = "/usuarios/{id}", tag = "plataforma",
    request_body = CambioUsuarioCmd,
    params(("id" = Uuid, Path, description = "Identificador del usuario")),
    responses((status = 200, description = "Cambiado", body = UsuarioView)))]
pub async fn patch_usuario(
    can: Can<AdministrarUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    Parsed(cmd): Parsed<CambioUsuarioCmd>,
) -> Result<Json<UsuarioView>, Problem> {
    let cambio = CambioUsuario {
        version: cmd.version,
        nombre: cmd.nombre,
        roles: cmd.roles.into_iter().map(RolDado::from).collect(),
    };
    let tx = app.db.begin().await?;
    let cual = (UsuarioId::from_uuid(id), cambio);
    let usuario = update_usuario(&tx, can.cx(), can.permisos(), cual).await?;
    let roles = storage::usuarios::roles_de(&tx, usuario.id).await?;
    tx.commit().await?;
    Ok(Json(UsuarioView::of(usuario, Some(roles))))
}

/// Suspende a un usuario: sus sesiones terminan en el acto
#[utoipa::path(post, path = "/usuarios/{id}/suspender", tag = "plataforma",
    params(("id" = Uuid, Path, description = "Identificador del usuario")),
    responses((status = 204, description = "Suspendido; repetirlo no cambia nada")))]
pub async fn post_suspender(
    can: Can<AdministrarUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<StatusCode, Problem> {
    let tx = app.db.begin().await?;
    suspend_usuario(&tx, can.cx(), can.permisos(), UsuarioId::from_uuid(id)).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reactiva a un usuario suspendido
#[utoipa::path(post, path = "/usuarios/{id}/reactivar", tag = "plataforma",
    params(("id" = Uuid, Path, description = "Identificador del usuario")),
    responses((status = 204, description = "Activo; repetirlo no cambia nada")))]
pub async fn post_reactivar(
    can: Can<AdministrarUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<StatusCode, Problem> {
    let tx = app.db.begin().await?;
    reactivate_usuario(&tx, can.cx(), can.permisos(), UsuarioId::from_uuid(id)).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Los roles, con sus permisos
#[utoipa::path(get, path = "/roles", tag = "plataforma",
    responses((status = 200, description = "Los roles", body = PaginaView<RolView>)))]
pub async fn get_roles(
    _can: Can<LeerRoles>,
    State(app): State<App>,
) -> Result<Json<PaginaView<RolView>>, Problem> {
    let roles = storage::roles::roles(&app.db).await?;
    let datos = roles.into_iter().map(RolView::from).collect();
    Ok(Json(PaginaView { datos, siguiente: None }))
}

/// Crea un rol
#[utoipa::path(post, path = "/roles", tag = "plataforma", request_body = DatosRolCmd,
    params(CabeceraIdempotencia),
    responses((status = 201, description = "Creado", body = RolView)))]
pub async fn post_rol(
    can: Can<AdministrarRoles>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(cmd): Parsed<DatosRolCmd>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(guardada) = idem.recall(&tx).await? {
        return Ok(guardada);
    }
    let rol = actions::write_rol::create_rol(&tx, can.cx(), can.permisos(), cmd.into()).await?;
    let vista = RolView::from(rol);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}

/// Cambia un rol; vale desde la petición siguiente de quien lo tiene
#[utoipa::path(put, path = "/roles/{codigo}", tag = "plataforma", request_body = DatosRolCmd,
    params(("codigo" = String, Path, description = "Código del rol")),
    responses((status = 200, description = "Cambiado", body = RolView)))]
pub async fn put_rol(
    can: Can<AdministrarRoles>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    Parsed(cmd): Parsed<DatosRolCmd>,
) -> Result<Json<RolView>, Problem> {
    let tx = app.db.begin().await?;
    let cambio = (codigo.as_str(), cmd.version, cmd.into());
    let rol = actions::write_rol::update_rol(&tx, can.cx(), can.permisos(), cambio).await?;
    tx.commit().await?;
    Ok(Json(rol.into()))
}

/// Borra un rol que nadie tiene y que no vino con el programa
#[utoipa::path(delete, path = "/roles/{codigo}", tag = "plataforma",
    params(("codigo" = String, Path, description = "Código del rol")),
    responses((status = 204, description = "Borrado")))]
pub async fn delete_rol(
    can: Can<AdministrarRoles>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<StatusCode, Problem> {
    let tx = app.db.begin().await?;
    actions::write_rol::delete_rol(&tx, can.cx(), can.permisos(), &codigo).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Las sucursales, por nombre
#[utoipa::path(get, path = "/sucursales", tag = "plataforma",
    responses((status = 200, description = "Las sucursales", body = PaginaView<SucursalView>)))]
pub async fn get_sucursales(
    _can: Can<LeerSucursales>,
    State(app): State<App>,
) -> Result<Json<PaginaView<SucursalView>>, Problem> {
    let sucursales = storage::roles::sucursales(&app.db).await?;
    let datos = sucursales.into_iter().map(SucursalView::from).collect();
    Ok(Json(PaginaView { datos, siguiente: None }))
}

/// Crea una sucursal
#[utoipa::path(post, path = "/sucursales", tag = "plataforma", request_body = DatosSucursalCmd,
    params(CabeceraIdempotencia),
    responses((status = 201, description = "Creada", body = SucursalView)))]
pub async fn post_sucursal(
    can: Can<AdministrarSucursales>,
    State(app): State<App>,
    idem: ClaveIdempotencia,
    Parsed(cmd): Parsed<DatosSucursalCmd>,
) -> Result<Response, Problem> {
    let tx = app.db.begin().await?;
    if let Some(guardada) = idem.recall(&tx).await? {
        return Ok(guardada);
    }
    let sucursal = actions::write_sucursal::create_sucursal(&tx, can.cx(), cmd.into()).await?;
    let vista = SucursalView::from(sucursal);
    let respuesta = idem.remember(&tx, can.cx(), StatusCode::CREATED, &vista).await?;
    tx.commit().await?;
    Ok(respuesta)
}
