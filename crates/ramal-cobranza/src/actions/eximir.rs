//! Exempting a service from the cut until a day, with a reason; and taking that back.

use ramal_base::{CampoInvalido, Cx, Fecha};
use ramal_contratos::ServicioId;
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{check_motivo, lock_cliente, review_cliente};
use crate::Error;
use crate::reglas::Reglas;
use crate::storage::episodios;

/// Longest exemption, in days: what lasts longer is another policy.
const MAXIMO: i64 = 366;

/// Body of `POST /servicios/{id}/exencion`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosExencion {
    /// Último día exento.
    #[schema(value_type = String, format = Date, example = "2026-12-31")]
    pub hasta: Fecha,
    /// Por qué; queda en la historia.
    #[schema(min_length = 3, max_length = 300)]
    pub motivo: String,
}

/// Exempts a service until a day; an earlier exemption is replaced, and a suspended service comes
/// back. Errors: `NotFound`, `Datos`, `Contrato`, `Storage`.
pub async fn grant_exencion(
    tx: &Tx,
    cx: &Cx,
    reglas: &Reglas,
    id: ServicioId,
    datos: DatosExencion,
) -> Result<(), Error> {
    let motivo = check_motivo(&datos.motivo)?;
    let dias = reglas.hoy.dias_hasta(datos.hasta);
    if !(0..=MAXIMO).contains(&dias) {
        let motivo = "La exención va de hoy a un año, y lleva su último día.";
        return Err(Error::Datos(vec![CampoInvalido::new(
            "hasta",
            "fecha_fuera_de_rango",
            motivo,
        )]));
    }
    let servicio = ramal_contratos::storage::by_id(tx, id).await?;
    let cliente = servicio.ok_or(Error::NotFound("servicio"))?.cliente_id.uuid();
    lock_cliente(tx, cliente).await?;
    episodios::withdraw_exencion(tx, cx, id.uuid()).await?;
    let hecha = (datos.hasta, motivo.as_str());
    episodios::insert_exencion(tx, cx, (id.uuid(), cliente), hecha).await?;
    let registro = Registro::new("exencion.conceder", "servicio", id);
    audit(tx, cx, registro.despues(json!({ "hasta": datos.hasta, "motivo": motivo }))).await?;
    review_cliente(tx, cx, reglas, (cliente, reglas.hoy)).await?;
    Ok(())
}

/// Takes the exemption of a service back. Errors: `NotFound`, `Estado` if it has none, `Storage`.
pub async fn withdraw_exencion(
    tx: &Tx,
    cx: &Cx,
    reglas: &Reglas,
    id: ServicioId,
) -> Result<(), Error> {
    let servicio = ramal_contratos::storage::by_id(tx, id).await?;
    let cliente = servicio.ok_or(Error::NotFound("servicio"))?.cliente_id.uuid();
    lock_cliente(tx, cliente).await?;
    if !episodios::withdraw_exencion(tx, cx, id.uuid()).await? {
        return Err(Error::Estado("sin_exencion", "El servicio no tiene una exención vigente."));
    }
    audit(tx, cx, Registro::new("exencion.retirar", "servicio", id)).await?;
    review_cliente(tx, cx, reglas, (cliente, reglas.hoy)).await?;
    Ok(())
}
