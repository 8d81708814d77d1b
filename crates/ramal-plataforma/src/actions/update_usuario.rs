//! Changing the name and the roles of a user. It touches neither password nor telephone.

use ramal_base::Cx;
use ramal_db::Tx;
use serde_json::json;

use super::create_usuario::{
    checked_roles, must_cover_usuario, must_keep_administrador, roles_json,
};
use crate::usuario::{self, RolDado, Usuario, UsuarioId};
use crate::{Error, Registro, audit, storage};

/// What changes of a user.
#[derive(Clone, Debug)]
pub struct CambioUsuario {
    /// Version that was seen; the edit of another is refused.
    pub version: i64,
    /// Name to show.
    pub nombre: String,
    /// All his roles from now on.
    pub roles: Vec<RolDado>,
}

/// Changes a user. His sessions take another token at their next request.
///
/// Errors: `UsuarioNotFound`, `Stale`, `PermisoAjeno`, `UltimoAdministrador`, `Campos`, `Storage`.
pub async fn update_usuario(
    tx: &Tx,
    cx: &Cx,
    otorga: &[String],
    (id, cambio): (UsuarioId, CambioUsuario),
) -> Result<Usuario, Error> {
    storage::usuarios::lock_administradores(tx).await?;
    let antes = storage::usuarios::usuario(tx, id).await?;
    let nombre = usuario::checked_nombre(&cambio.nombre).map_err(|c| Error::Campos(vec![c]))?;
    let tenia = must_cover_usuario(tx, otorga, id).await?;
    let roles = checked_roles(tx, otorga, cambio.roles).await?;
    if storage::usuarios::update_usuario(tx, (id, cambio.version), &nombre).await? == 0 {
        return Err(Error::Stale);
    }
    if tenia != roles {
        let habia = storage::usuarios::administradores(tx).await?;
        storage::usuarios::replace_roles(tx, cx, id, &roles).await?;
        if habia > 0 {
            must_keep_administrador(tx).await?;
        }
        storage::sesiones::ask_rotation(tx, id).await?;
    }
    let registro = Registro::new("usuario.cambiar", "usuario", id)
        .antes(json!({"nombre": antes.nombre, "roles": roles_json(&tenia)}))
        .despues(json!({"nombre": nombre, "roles": roles_json(&roles)}));
    audit(tx, cx, registro).await?;
    storage::usuarios::usuario(tx, id).await
}

/// Changes one's own name, which needs no permission.
///
/// Errors: `UsuarioNotFound`, `Stale`, `Campos`, `Storage`.
pub async fn rename_self(
    tx: &Tx,
    cx: &Cx,
    (id, version): (UsuarioId, i64),
    nombre: &str,
) -> Result<(), Error> {
    let antes = storage::usuarios::usuario(tx, id).await?;
    let nombre = usuario::checked_nombre(nombre).map_err(|c| Error::Campos(vec![c]))?;
    if storage::usuarios::update_usuario(tx, (id, version), &nombre).await? == 0 {
        return Err(Error::Stale);
    }
    let registro = Registro::new("usuario.cambiar", "usuario", id)
        .antes(json!({"nombre": antes.nombre}))
        .despues(json!({"nombre": nombre}));
    Ok(audit(tx, cx, registro).await?)
}
