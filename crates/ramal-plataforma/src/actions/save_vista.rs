//! Saving and forgetting one's own views of lists.

use ramal_base::{Cx, Id};
use ramal_db::Tx;
use serde_json::json;

use crate::usuario::UsuarioId;
use crate::vista_guardada::{self, VistaGuardada};
use crate::{Error, Registro, audit, storage};

/// Saves a view, in the place of the one of the same page that had its name.
///
/// Errors: `Campos`, `Storage`.
pub async fn save_vista(
    tx: &Tx,
    cx: &Cx,
    usuario: UsuarioId,
    (ruta, nombre, consulta): (&str, &str, &str),
) -> Result<VistaGuardada, Error> {
    let (ruta, nombre, consulta) =
        vista_guardada::checked(ruta, nombre, consulta).map_err(Error::Campos)?;
    let vista = VistaGuardada { id: cx.new_id(), ruta, nombre, consulta };
    storage::vistas::upsert_vista(tx, usuario, &vista, cx.now()).await?;
    let registro = Registro::new("vista.guardar", "vista", vista.id)
        .despues(json!({"ruta": vista.ruta, "nombre": vista.nombre}));
    audit(tx, cx, registro).await?;
    Ok(vista)
}

/// Forgets a view of one's own and gives what it was. Errors: `VistaNotFound`, `Storage`.
pub async fn forget_vista(
    tx: &Tx,
    cx: &Cx,
    usuario: UsuarioId,
    id: Id<VistaGuardada>,
) -> Result<VistaGuardada, Error> {
    let vista = storage::vistas::vista(tx, usuario, id).await?.ok_or(Error::VistaNotFound)?;
    storage::vistas::delete_vista(tx, usuario, id).await?;
    let registro = Registro::new("vista.borrar", "vista", id)
        .antes(json!({"ruta": vista.ruta, "nombre": vista.nombre}));
    audit(tx, cx, registro).await?;
    Ok(vista)
}
