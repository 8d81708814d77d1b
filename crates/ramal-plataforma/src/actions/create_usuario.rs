//! Making a user, and the rule of who may give which role. It sets no password: a link does.

use ramal_base::{CampoInvalido, Cx};
use ramal_db::{DbError, Tx};
use serde_json::{Value, json};

use crate::permiso::covers;
use crate::usuario::{self, EstadoUsuario, NuevoUsuario, RolDado, Usuario, UsuarioId};
use crate::{Error, Registro, audit, storage};

/// Makes a user without password. `otorga` are the permissions of who makes him.
///
/// Errors: `UsuarioExists`, `Campos`, `PermisoAjeno` (a role grants what the maker lacks),
/// `Storage`.
pub async fn create_usuario(
    tx: &Tx,
    cx: &Cx,
    otorga: &[String],
    nuevo: NuevoUsuario,
) -> Result<Usuario, Error> {
    let (correo, nombre) = checked(&nuevo)?;
    let roles = checked_roles(tx, otorga, nuevo.roles).await?;
    let usuario = Usuario {
        id: cx.new_id(),
        correo,
        nombre,
        estado: EstadoUsuario::Activo,
        con_contrasena: false,
        con_codigo: false,
        respaldos: 0,
        con_proveedor: false,
        version: 1,
        creado: cx.now(),
        ultimo_ingreso: None,
    };
    storage::usuarios::insert_usuario(tx, &usuario).await.map_err(taken)?;
    storage::usuarios::replace_roles(tx, cx, usuario.id, &roles).await?;
    storage::usuarios::note_instalacion(tx, cx.now()).await?;
    let registro = Registro::new("usuario.crear", "usuario", usuario.id)
        .despues(json!({"nombre": usuario.nombre, "roles": roles_json(&roles)}));
    audit(tx, cx, registro).await?;
    Ok(usuario)
}

fn taken(error: DbError) -> Error {
    match error {
        DbError::Unique(_) => Error::UsuarioExists,
        otro => Error::Storage(otro),
    }
}

fn checked(nuevo: &NuevoUsuario) -> Result<(String, String), Error> {
    let correo = usuario::checked_correo(&nuevo.correo);
    let nombre = usuario::checked_nombre(&nuevo.nombre);
    match (correo, nombre) {
        (Ok(correo), Ok(nombre)) => Ok((correo, nombre)),
        (a, b) => Err(Error::Campos(a.err().into_iter().chain(b.err()).collect())),
    }
}

/// The roles in order and without repetitions, if the giver may give them.
pub(super) async fn checked_roles(
    tx: &Tx,
    otorga: &[String],
    mut roles: Vec<RolDado>,
) -> Result<Vec<RolDado>, Error> {
    roles.sort();
    roles.dedup();
    let (todos, ramas) = (storage::roles::roles(tx).await?, storage::roles::sucursales(tx).await?);
    for dado in &roles {
        let Some(rol) = todos.iter().find(|r| r.codigo == dado.rol) else {
            return Err(bad("roles", "rol_desconocido", "Ese rol no existe."));
        };
        if dado.sucursal.is_some_and(|s| ramas.iter().all(|r| r.id != s)) {
            return Err(bad("roles", "sucursal_desconocida", "Esa sucursal no existe."));
        }
        must_cover(otorga, &rol.permisos)?;
    }
    Ok(roles)
}

fn bad(campo: &str, codigo: &str, motivo: &str) -> Error {
    Error::Campos(vec![CampoInvalido::new(campo, codigo, motivo)])
}

/// Nobody gives, or acts on who has, what he lacks himself.
pub(super) fn must_cover(otorga: &[String], permisos: &[String]) -> Result<(), Error> {
    match permisos.iter().find(|p| !covers(otorga, p)) {
        Some(ajeno) => Err(Error::PermisoAjeno(ajeno.clone())),
        None => Ok(()),
    }
}

/// The same, about everything that a user may do.
pub(super) async fn must_cover_usuario(
    tx: &Tx,
    otorga: &[String],
    id: UsuarioId,
) -> Result<Vec<RolDado>, Error> {
    let roles = storage::usuarios::roles_de(tx, id).await?;
    let todos = storage::roles::roles(tx).await?;
    for rol in todos.iter().filter(|r| roles.iter().any(|d| d.rol == r.codigo)) {
        must_cover(otorga, &rol.permisos)?;
    }
    Ok(roles)
}

/// Roles as the trail tells them: `["cobranzas", "tecnico@<sucursal>"]`.
pub(super) fn roles_json(roles: &[RolDado]) -> Value {
    let texto = |d: &RolDado| match d.sucursal {
        Some(s) => format!("{}@{s}", d.rol),
        None => d.rol.clone(),
    };
    roles.iter().map(texto).collect::<Vec<_>>().into()
}

/// Refuses if nobody active is left who administers everything.
pub(super) async fn must_keep_administrador(tx: &Tx) -> Result<(), Error> {
    match storage::usuarios::administradores(tx).await? {
        0 => Err(Error::UltimoAdministrador),
        _ => Ok(()),
    }
}
