//! Taking a promise back by hand. What it held goes on as if it had never been: the debt has its
//! own grace again.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;
use uuid::Uuid;

use super::{check_motivo, lock_cliente, refresh_morosos, settle_held};
use crate::Error;
use crate::events::PromesaAnulada;
use crate::expediente;
use crate::nucleo::estado::EstadoPromesa;
use crate::reglas::Reglas;
use crate::storage::promesas::{self, PromesaFila};

/// Annuls a live promise, saying why; held fees are charged.
///
/// Errors: `NotFound`, `Datos` without a reason, `Estado` if it is not live, `Storage`. Emits
/// `PromesaAnulada`.
pub async fn annul_promesa(
    tx: &Tx,
    cx: &Cx,
    reglas: &Reglas,
    id: Uuid,
    motivo: &str,
) -> Result<PromesaFila, Error> {
    let motivo = check_motivo(motivo)?;
    let vista = promesas::by_id(tx, id).await?.ok_or(Error::NotFound("promesa"))?;
    lock_cliente(tx, vista.cliente_id).await?;
    let paso = (EstadoPromesa::Vigente.as_str(), EstadoPromesa::Anulada.as_str());
    if !promesas::move_estado(tx, cx, id, paso, Some(&motivo)).await? {
        let detalle = "Solo se anula una promesa vigente, y esta ya no lo está.";
        return Err(Error::Estado("promesa_no_vigente", detalle));
    }
    let e = expediente::load(tx, reglas, vista.cliente_id, reglas.hoy).await?;
    settle_held(tx, cx, &e, id, EstadoPromesa::Anulada).await?;
    refresh_morosos(tx, cx, &e).await?;
    let registro = Registro::new("promesa.anular", "promesa", id);
    audit(tx, cx, registro.despues(json!({ "motivo": motivo }))).await?;
    let evento =
        PromesaAnulada { promesa_id: id, cliente_id: vista.cliente_id, fecha: vista.fecha };
    tx.emit(cx, &evento).await?;
    promesas::by_id(tx, id).await?.ok_or(Error::NotFound("promesa"))
}
