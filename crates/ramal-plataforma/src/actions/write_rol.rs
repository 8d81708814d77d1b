//! Making, changing and removing roles. Nobody writes into a role what he may not do himself.

use ramal_base::{CampoInvalido, Cx};
use ramal_db::{DbError, Tx};
use serde_json::json;

use super::create_usuario::must_cover;
use crate::rol::{ADMINISTRADOR, DatosRol, Rol, codigo_of};
use crate::{Error, Registro, audit, storage};

/// Makes a role.
///
/// Errors: `RolExists`, `Campos`, `PermisoAjeno`, `Storage`.
pub async fn create_rol(
    tx: &Tx,
    cx: &Cx,
    otorga: &[String],
    datos: DatosRol,
) -> Result<Rol, Error> {
    let datos = datos.checked().map_err(Error::Campos)?;
    must_cover(otorga, &datos.permisos)?;
    let codigo = codigo_of(&datos.nombre);
    if codigo.is_empty() {
        let motivo = "El nombre tiene que llevar letras o números.";
        return Err(Error::Campos(vec![CampoInvalido::new("nombre", "nombre_forma", motivo)]));
    }
    let rol = Rol {
        codigo,
        nombre: datos.nombre,
        descripcion: datos.descripcion,
        permisos: datos.permisos,
        predefinido: false,
        version: 1,
    };
    storage::roles::insert_rol(tx, &rol).await.map_err(taken)?;
    let registro = Registro::new("rol.crear", "rol", &rol.codigo)
        .despues(json!({"nombre": rol.nombre, "permisos": rol.permisos}));
    audit(tx, cx, registro).await?;
    Ok(rol)
}

fn taken(error: DbError) -> Error {
    match error {
        DbError::Unique(_) => Error::RolExists,
        otro => Error::Storage(otro),
    }
}

/// Changes a role over the version that was seen; who has it is affected at his next request.
///
/// Errors: `RolNotFound`, `Stale`, `Campos` (the administrator's role keeps `*`), `PermisoAjeno`
/// (on what it had or on what it gets), `Storage`.
pub async fn update_rol(
    tx: &Tx,
    cx: &Cx,
    otorga: &[String],
    (codigo, version, datos): (&str, i64, DatosRol),
) -> Result<Rol, Error> {
    let antes = storage::roles::rol(tx, codigo).await?;
    let datos = datos.checked().map_err(Error::Campos)?;
    must_cover(otorga, &antes.permisos)?;
    must_cover(otorga, &datos.permisos)?;
    if codigo == ADMINISTRADOR && !datos.permisos.iter().any(|p| p == "*") {
        let motivo = "El rol Administrador conserva el acceso total.";
        return Err(Error::Campos(vec![CampoInvalido::new(
            "permisos",
            "administrador_pleno",
            motivo,
        )]));
    }
    let rol = Rol {
        nombre: datos.nombre,
        descripcion: datos.descripcion,
        permisos: datos.permisos,
        ..antes.clone()
    };
    if storage::roles::update_rol(tx, &rol, version).await? == 0 {
        return Err(Error::Stale);
    }
    storage::sesiones::ask_rotation_of_rol(tx, codigo).await?;
    let foto =
        |r: &Rol| json!({"nombre": r.nombre, "descripcion": r.descripcion, "permisos": r.permisos});
    let registro = Registro::new("rol.cambiar", "rol", codigo);
    audit(tx, cx, registro.antes(foto(&antes)).despues(foto(&rol))).await?;
    storage::roles::rol(tx, codigo).await
}

/// Removes a role that nobody has and that did not come with the program.
///
/// Errors: `RolNotFound`, `RolInUse`, `PermisoAjeno`, `Storage`.
pub async fn delete_rol(tx: &Tx, cx: &Cx, otorga: &[String], codigo: &str) -> Result<(), Error> {
    let antes = storage::roles::rol(tx, codigo).await?;
    must_cover(otorga, &antes.permisos)?;
    match storage::roles::delete_rol(tx, codigo).await {
        Ok(0) | Err(DbError::ForeignKey(_)) => return Err(Error::RolInUse),
        otro => otro?,
    };
    let registro = Registro::new("rol.borrar", "rol", codigo)
        .antes(json!({"nombre": antes.nombre, "permisos": antes.permisos}));
    Ok(audit(tx, cx, registro).await?)
}
