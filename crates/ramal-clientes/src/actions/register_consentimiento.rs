//! Recording a consent: every answer is a new dated version, the earlier ones stay.

use ramal_base::{Cx, Instante};
use ramal_db::{Tx, params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::cliente::DatosConsentimiento;
use crate::events::ConsentimientoActualizado;
use crate::storage::{self, ParteMarca};
use crate::{ClienteId, Error, validacion};

/// Consent as recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConsentimientoRegistrado {
    /// Version of this purpose and channel, from 1.
    pub version: i64,
    /// What for.
    pub finalidad: String,
    /// Through what.
    pub canal: String,
    /// Given or withdrawn.
    pub otorgado: bool,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub fecha: Instante,
}

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
    let (finalidad, canal) = (datos.finalidad, datos.canal);
    let anterior = storage::consentimiento_version(tx, cliente_id, &finalidad, &canal).await?;
    let version = anterior + 1;
    const SQL: &str = "INSERT INTO consentimientos \
        (id, cliente_id, version, finalidad, canal, otorgado, origen, fecha) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let fecha = cx.now();
    let origen = datos.origen.unwrap_or_else(|| "api".into());
    let valores = params![
        cx.new_id::<ParteMarca>(),
        cliente_id,
        version,
        finalidad.as_str(),
        canal.as_str(),
        datos.otorgado,
        origen,
        fecha,
    ];
    tx.exec(SQL, valores).await?;
    let evento = ConsentimientoActualizado {
        cliente_id,
        finalidad: finalidad.clone(),
        canal: canal.clone(),
        otorgado: datos.otorgado,
        version,
    };
    tx.emit(cx, &evento).await?;
    Ok(ConsentimientoRegistrado { version, finalidad, canal, otorgado: datos.otorgado, fecha })
}
