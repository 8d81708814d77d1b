//! Suspending a user and taking it back. A suspended user's sessions die with the suspension.

use ramal_base::Cx;
use ramal_db::Tx;
use serde_json::json;

use super::create_usuario::{must_cover_usuario, must_keep_administrador};
use crate::usuario::{EstadoUsuario, UsuarioId};
use crate::{Error, Registro, audit, storage};

/// Suspends a user, ends his sessions and voids his links. Repeating it changes nothing.
///
/// Errors: `UsuarioNotFound`, `PermisoAjeno`, `UltimoAdministrador`, `Storage`.
pub async fn suspend_usuario(
    tx: &Tx,
    cx: &Cx,
    otorga: &[String],
    id: UsuarioId,
) -> Result<(), Error> {
    if !change(tx, cx, otorga, (id, EstadoUsuario::Suspendido)).await? {
        return Ok(());
    }
    storage::sesiones::delete_sesiones(tx, id, None).await?;
    storage::credenciales::void_recuperaciones(tx, id, cx.now()).await?;
    must_keep_administrador(tx).await
}

/// Lets a suspended user sign in again. Repeating it changes nothing.
///
/// Errors: `UsuarioNotFound`, `PermisoAjeno`, `Storage`.
pub async fn reactivate_usuario(
    tx: &Tx,
    cx: &Cx,
    otorga: &[String],
    id: UsuarioId,
) -> Result<(), Error> {
    change(tx, cx, otorga, (id, EstadoUsuario::Activo)).await.map(drop)
}

async fn change(
    tx: &Tx,
    cx: &Cx,
    otorga: &[String],
    (id, estado): (UsuarioId, EstadoUsuario),
) -> Result<bool, Error> {
    storage::usuarios::lock_administradores(tx).await?;
    let antes = storage::usuarios::usuario(tx, id).await?;
    must_cover_usuario(tx, otorga, id).await?;
    if storage::usuarios::set_estado(tx, id, estado).await? == 0 {
        return Ok(false);
    }
    let accion = match estado {
        EstadoUsuario::Suspendido => "usuario.suspender",
        EstadoUsuario::Activo => "usuario.reactivar",
    };
    let registro = Registro::new(accion, "usuario", id)
        .antes(json!({"estado": antes.estado.as_str()}))
        .despues(json!({"estado": estado.as_str()}));
    audit(tx, cx, registro).await?;
    Ok(true)
}
