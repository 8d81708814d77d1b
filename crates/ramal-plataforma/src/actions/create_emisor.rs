//! Setting up an emisor. It asks no authority and loads no certificate.

use ramal_base::Cx;
use ramal_db::Tx;
use serde_json::json;

use crate::events::EmisorCreado;
use crate::{Emisor, Error, NuevoEmisor, Registro, audit, storage};

/// Sets up an emisor. Emits `EmisorCreado`.
///
/// Errors: `EmisorExists`, `Campos` (the number with its own code, e.g. `ruc_digito`), `Storage`.
pub async fn create_emisor(tx: &Tx, cx: &Cx, nuevo: NuevoEmisor) -> Result<Emisor, Error> {
    let emisor = nuevo.filled(cx.new_id(), cx.now())?;
    match storage::emisor_por_numero(tx, &emisor.numero).await {
        Ok(_) => return Err(Error::EmisorExists(emisor.numero)),
        Err(Error::EmisorNotFound) => {}
        Err(otro) => return Err(otro),
    }
    storage::insert_emisor(tx, &emisor).await?;
    let registro = Registro::new("emisor.crear", "emisor", emisor.id)
        .despues(json!({"pais": emisor.pais, "modo": emisor.modo.as_str()}));
    audit(tx, cx, registro).await?;
    tx.emit(cx, &EmisorCreado { emisor_id: emisor.id, pais: emisor.pais.codigo() }).await?;
    Ok(emisor)
}
