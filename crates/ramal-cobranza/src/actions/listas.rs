//! What people do with a list of cuts: approve it, ask that it be executed now, take a service out.

use ramal_base::{Cx, Fecha};
use ramal_db::Tx;
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_plataforma::{Registro, audit};
use serde_json::json;
use uuid::Uuid;

use super::check_motivo;
use crate::Error;
use crate::corte::EstadoCorte;
use crate::events::CorteAvanzo;
use crate::jobs::EJECUTAR;
use crate::nucleo::Motivo;
use crate::storage::cortes::{self, CorteFila};

/// Approves the list of a day that waits for a person. Approving it twice changes nothing.
///
/// Errors: `NotFound`, `Estado` if it was executed or its day has passed, `Storage`.
pub async fn approve_corte(tx: &Tx, cx: &Cx, fecha: Fecha) -> Result<CorteFila, Error> {
    let corte = cortes::lock(tx, fecha).await?.ok_or(Error::NotFound("corte"))?;
    match EstadoCorte::parse(&corte.estado) {
        Some(EstadoCorte::Aprobada) => return Ok(corte),
        Some(EstadoCorte::PorAprobar) => {}
        Some(EstadoCorte::Propuesta) => {
            let detalle = "La lista todavía se está armando. Espere a que termine.";
            return Err(Error::Estado("corte_en_preparacion", detalle));
        }
        _ => return Err(closed()),
    }
    cortes::approve(tx, cx, corte.id).await?;
    let registro = Registro::new("corte.aprobar", "corte", corte.id);
    let foto = json!({ "fecha": fecha, "incluidos": corte.incluidos });
    audit(tx, cx, registro.despues(foto)).await?;
    tx.emit(cx, &CorteAvanzo { fecha, estado: "aprobada".to_owned() }).await?;
    ask(tx, cx, fecha).await?;
    cortes::by_fecha(tx, fecha).await?.ok_or(Error::NotFound("corte"))
}

fn closed() -> Error {
    Error::Estado("corte_cerrado", "La lista ya se ejecutó o pasó su día. Mire la de hoy.")
}

/// Asks that an approved list be executed now. Outside the hours of the policy nothing is cut.
///
/// Errors: `NotFound`, `Estado` if it was not approved.
pub async fn ask_execution(tx: &Tx, cx: &Cx, fecha: Fecha) -> Result<CorteFila, Error> {
    let corte = cortes::lock(tx, fecha).await?.ok_or(Error::NotFound("corte"))?;
    match EstadoCorte::parse(&corte.estado) {
        Some(EstadoCorte::Aprobada) => {}
        Some(EstadoCorte::PorAprobar | EstadoCorte::Propuesta) => {
            let detalle = "La lista espera aprobación. Apruébela antes de ejecutarla.";
            return Err(Error::Estado("corte_sin_aprobar", detalle));
        }
        _ => return Err(closed()),
    }
    ask(tx, cx, fecha).await?;
    Ok(corte)
}

async fn ask(tx: &Tx, cx: &Cx, fecha: Fecha) -> Result<(), Error> {
    let trabajo = NuevoTrabajo::new(EJECUTAR, json!({ "fecha": fecha }));
    Ok(enqueue(tx, cx, trabajo.with_clave(format!("pedido:{fecha}"))).await?)
}

/// Takes a service out of the list of a day that was not executed, saying why.
///
/// Errors: `NotFound`, `Datos` without a reason, `Estado` if its line is settled, `Storage`.
pub async fn remove_renglon(
    tx: &Tx,
    cx: &Cx,
    (fecha, servicio): (Fecha, Uuid),
    motivo: &str,
) -> Result<(), Error> {
    let motivo = check_motivo(motivo)?;
    let corte = cortes::lock(tx, fecha).await?.ok_or(Error::NotFound("corte"))?;
    cortes::renglon(tx, corte.id, servicio).await?.ok_or(Error::NotFound("servicio"))?;
    let motivos = serde_json::to_string(&[Motivo::Retirado(motivo.clone())]).unwrap_or_default();
    if !cortes::settle_renglon(tx, cx, (corte.id, servicio), "omitido", &motivos).await? {
        let detalle = "Ese servicio ya no está pendiente en la lista.";
        return Err(Error::Estado("renglon_resuelto", detalle));
    }
    cortes::recount(tx, corte.id).await?;
    let registro = Registro::new("corte.retirar", "servicio", servicio);
    audit(tx, cx, registro.despues(json!({ "fecha": fecha, "motivo": motivo }))).await?;
    Ok(())
}
