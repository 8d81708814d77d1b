//! Recording a consent: every answer is a new dated version, the earlier ones stay.

use ramal_base::Cx;
use ramal_db::{Tx, params};
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use crate::cliente::{Consentimiento, DatosConsentimiento};
use crate::events::ConsentimientoActualizado;
use crate::storage::{self, ParteMarca};
use crate::{ClienteId, Error, validacion};

/// Consent as recorded.
pub type ConsentimientoRegistrado = Consentimiento;

const INSERT: &str = "INSERT INTO consentimientos \
    (id, cliente_id, version, finalidad, canal, otorgado, origen, fecha) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Records a consent. Errors: `Datos`, `NotFound`, `Storage`. Emits `ConsentimientoActualizado`.
pub async fn register_consentimiento(
    tx: &Tx,
    cx: &Cx,
    cliente_id: ClienteId,
    datos: DatosConsentimiento,
) -> Result<ConsentimientoRegistrado, Error> {
    let mut errores = Vec::new();
    validacion::check_consentimiento(&datos, "", &mut errores);
    if !errores.is_empty() {
        return Err(Error::Datos(errores));
    }
    storage::lock(tx, cliente_id).await?.ok_or(Error::NotFound(cliente_id))?;
    let DatosConsentimiento { finalidad, canal, otorgado, origen } = datos;
    let anterior = storage::consentimiento_version(tx, cliente_id, &finalidad, &canal).await?;
    let registrado = Consentimiento {
        finalidad,
        canal,
        version: anterior + 1,
        otorgado,
        origen: origen.unwrap_or_else(|| "api".into()),
        fecha: cx.now(),
    };
    insert(tx, cx, cliente_id, &registrado).await?;
    let registro = Registro::new("cliente.consentimiento", "cliente", cliente_id);
    audit(tx, cx, registro.despues(json!(registrado))).await?;
    tx.emit(cx, &ConsentimientoActualizado::new(cliente_id, &registrado)).await?;
    Ok(registrado)
}

async fn insert(tx: &Tx, cx: &Cx, cliente: ClienteId, c: &Consentimiento) -> Result<(), Error> {
    let valores = params![
        cx.new_id::<ParteMarca>(),
        cliente,
        c.version,
        c.finalidad.as_str(),
        c.canal.as_str(),
        c.otorgado,
        c.origen.as_str(),
        c.fecha,
    ];
    tx.exec(INSERT, valores).await?;
    Ok(())
}
