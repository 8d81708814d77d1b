//! What a service should have at the network. The network is set by a job, until it says the same.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_jobs::{NuevoTrabajo, enqueue};
use serde_json::json;
use uuid::Uuid;

use crate::Error;
use crate::jobs::RED;
use crate::red::EstadoRed;
use crate::storage::red;

/// Desires a state for a service of a customer and asks for the job that brings it about, at once.
/// Desiring the same again asks for nothing.
pub async fn desire(
    tx: &Tx,
    cx: &Cx,
    (servicio, cliente): (Uuid, Uuid),
    deseado: EstadoRed,
) -> Result<(), Error> {
    let ahora = red::by_servicio(tx, servicio).await?;
    if ahora.is_none() && deseado == EstadoRed::Activo {
        return Ok(()); // nobody ever asked the network for anything else
    }
    if !red::desire(tx, cx, (servicio, cliente), deseado.as_str()).await? {
        return Ok(());
    }
    let version = ahora.map_or(1, |r| r.version + 1);
    let datos = json!({ "servicio_id": servicio, "version": version });
    let trabajo = NuevoTrabajo::new(RED, datos).with_clave(format!("{servicio}:{version}"));
    Ok(enqueue(tx, cx, trabajo).await?)
}
