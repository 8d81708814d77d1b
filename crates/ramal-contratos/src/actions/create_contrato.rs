//! Signing of a contract. It sells nothing: services are contracted on it afterwards.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit, empresa};
use serde_json::json;

use super::partes;
use crate::comandos::DatosContrato;
use crate::contrato::Contrato;
use crate::events::ContratoCreado;
use crate::{Error, reglas, storage};

/// Signs a contract for an active customer.
///
/// Errors: `Cliente`, `ClienteInactivo`, `Datos`, `Plataforma`, `Storage`. Emits `ContratoCreado`.
pub async fn create_contrato(tx: &Tx, cx: &Cx, datos: DatosContrato) -> Result<Contrato, Error> {
    let empresa = empresa(tx).await?;
    let desde = datos.desde.unwrap_or_else(|| partes::hoy_de(&empresa, cx));
    let mut errores = Vec::new();
    reglas::check_fecha(desde, "desde", None, &mut errores);
    if !errores.is_empty() {
        return Err(Error::Datos(errores));
    }
    let cliente = partes::lock_activo(tx, &datos.cliente_id).await?;
    partes::zona_de(tx, cliente.id, datos.domicilio_id).await?;
    let contrato = Contrato {
        id: cx.new_id(),
        numero: tx.take_numbers("contratos", 1).await?,
        cliente_id: cliente.id,
        domicilio_id: datos.domicilio_id,
        emisor_id: partes::emisor_de(tx, &cliente, datos.emisor_id).await?,
        desde,
        creado: cx.now(),
    };
    storage::insert_contrato(tx, &contrato).await?;
    let despues = json!({"numero": contrato.numero, "cliente_id": contrato.cliente_id,
        "domicilio_id": contrato.domicilio_id, "emisor_id": contrato.emisor_id, "desde": desde});
    let registro = Registro::new("contrato.crear", "contrato", contrato.id);
    audit(tx, cx, registro.despues(despues)).await?;
    tx.emit(cx, &ContratoCreado::from(&contrato)).await?;
    Ok(contrato)
}
