//! Revoking an API key. The row stays: the trail names it.

use ramal_base::Cx;
use ramal_db::Tx;

use crate::events::ClaveRevocada;
use crate::{ClaveId, Error, Registro, audit, storage};

/// Makes a key useless from now on. Emits `ClaveRevocada`. Repeating it changes nothing and emits
/// nothing.
///
/// Errors: `ClaveNotFound`, `Storage`.
pub async fn revoke_clave(tx: &Tx, cx: &Cx, id: ClaveId) -> Result<(), Error> {
    storage::clave_by_id(tx, id).await?;
    if storage::mark_revocada(tx, id, cx.now()).await? == 0 {
        return Ok(());
    }
    audit(tx, cx, Registro::new("clave_api.revocar", "clave_api", id)).await?;
    tx.emit(cx, &ClaveRevocada { clave_id: id }).await?;
    Ok(())
}
