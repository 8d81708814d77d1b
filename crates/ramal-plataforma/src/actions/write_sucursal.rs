//! Making and changing branches. A branch is never removed: roles and history name it.

use ramal_base::Cx;
use ramal_db::{DbError, Tx};
use serde_json::json;

use crate::sucursal::{DatosSucursal, Sucursal, SucursalId};
use crate::{Error, Registro, audit, storage};

/// Makes a branch. Errors: `SucursalExists`, `Campos`, `Storage`.
pub async fn create_sucursal(tx: &Tx, cx: &Cx, datos: DatosSucursal) -> Result<Sucursal, Error> {
    let datos = datos.checked().map_err(Error::Campos)?;
    let sucursal = Sucursal {
        id: cx.new_id(),
        nombre: datos.nombre,
        zona: datos.zona,
        version: 1,
        creado: cx.now(),
    };
    storage::roles::insert_sucursal(tx, &sucursal).await.map_err(taken)?;
    let registro = Registro::new("sucursal.crear", "sucursal", sucursal.id)
        .despues(json!({"nombre": sucursal.nombre, "zona": sucursal.zona}));
    audit(tx, cx, registro).await?;
    Ok(sucursal)
}

fn taken(error: DbError) -> Error {
    match error {
        DbError::Unique(_) => Error::SucursalExists,
        otro => Error::Storage(otro),
    }
}

/// Changes a branch over the version that was seen.
///
/// Errors: `SucursalNotFound`, `SucursalExists`, `Stale`, `Campos`, `Storage`.
pub async fn update_sucursal(
    tx: &Tx,
    cx: &Cx,
    (id, version): (SucursalId, i64),
    datos: DatosSucursal,
) -> Result<Sucursal, Error> {
    let antes = storage::roles::sucursal(tx, id).await?;
    let datos = datos.checked().map_err(Error::Campos)?;
    let nueva = Sucursal { nombre: datos.nombre, zona: datos.zona, ..antes.clone() };
    if storage::roles::update_sucursal(tx, &nueva, version).await.map_err(taken)? == 0 {
        return Err(Error::Stale);
    }
    let foto = |s: &Sucursal| json!({"nombre": s.nombre, "zona": s.zona});
    let registro = Registro::new("sucursal.cambiar", "sucursal", id);
    audit(tx, cx, registro.antes(foto(&antes)).despues(foto(&nueva))).await?;
    Ok(nueva)
}
