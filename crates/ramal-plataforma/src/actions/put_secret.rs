//! Keeping a secret sealed. The trail says that it changed, never to what.

use ramal_base::Cx;
use ramal_db::Tx;

use crate::{Error, Registro, Sello, audit, storage};

/// Seals the bytes and keeps them under the name, in place of what was there.
///
/// Shape: `nombre` like `emisor/<id>/llave`; the value opens under that name alone.
/// Errors: `Sello`, `Storage`.
pub async fn put_secret(
    tx: &Tx,
    cx: &Cx,
    sello: &Sello,
    nombre: &str,
    claro: &[u8],
) -> Result<(), Error> {
    let sellado = sello.seal(nombre, claro)?;
    storage::upsert_secret(tx, nombre, sellado, cx.now()).await?;
    audit(tx, cx, Registro::new("secreto.guardar", "secreto", nombre)).await?;
    Ok(())
}
