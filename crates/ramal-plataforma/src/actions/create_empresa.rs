//! Setting up the company. It makes no emisor.

use ramal_base::Cx;
use ramal_db::Tx;
use serde_json::json;

use crate::{Empresa, Error, NuevaEmpresa, Registro, audit, storage};

/// Sets up the empresa of this database.
///
/// Errors: `EmpresaExists` (there is one per database), `Campos`, `Storage`.
pub async fn create_empresa(tx: &Tx, cx: &Cx, nueva: NuevaEmpresa) -> Result<Empresa, Error> {
    let empresa = nueva.filled(cx.new_id(), cx.now())?;
    if storage::empresa_if_any(tx).await?.is_some() {
        return Err(Error::EmpresaExists);
    }
    storage::insert_empresa(tx, &empresa).await?;
    let registro = Registro::new("empresa.crear", "empresa", empresa.id)
        .despues(json!({"pais": empresa.pais, "moneda": empresa.moneda}));
    audit(tx, cx, registro).await?;
    Ok(empresa)
}
