//! What a notice leaves when the gateway does not know what it names. It asks nobody.

use ramal_base::Cx;
use ramal_db::Tx;

use crate::Error;
use crate::events::PagoEnCuarentena;
use crate::storage::cuarentena::{self, Cuarentena};
use crate::storage::webhooks::Webhook;

/// Puts in the queue of a person what a signed notice names and the gateway does not know.
///
/// Errors: `Storage`. Emits `PagoEnCuarentena` the first time.
pub(crate) async fn quarantine_unknown(tx: &Tx, cx: &Cx, webhook: &Webhook) -> Result<(), Error> {
    const MOTIVO: &str = "recurso_desconocido";
    let nueva = Cuarentena {
        id: cx.new_id(),
        pasarela: webhook.proveedor.clone(),
        referencia: webhook.recurso.clone(),
        motivos: MOTIVO.to_owned(),
        estado: "abierta".to_owned(),
        importe: None,
        moneda: None,
        acreditado: None,
        cobro_id: None,
        cliente_id: None,
        factura_id: None,
        pago_id: None,
        razon: None,
        actor: None,
        creado: cx.now(),
        resuelto: None,
    };
    if cuarentena::put(tx, &nueva).await? {
        let cuarentena_id = nueva.id.uuid();
        let (pasarela, motivos) = (nueva.pasarela, vec![MOTIVO.to_owned()]);
        tx.emit(cx, &PagoEnCuarentena { cuarentena_id, pasarela, motivos }).await?;
    }
    Ok(())
}
