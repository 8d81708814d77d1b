//! What was resolved is to be resolved again: payments that the line made are taken back, those
//! that were there before only lose their line.

use ramal_base::Cx;
use ramal_clientes::ClienteId;
use ramal_db::Tx;
use ramal_pagos::{MotivoReverso, PagoId, reverse_pago};
use uuid::Uuid;

use super::partes::held;
use super::resolve_renglon::{Orden, tell};
use crate::storage::renglones::{self, Paso};
use crate::storage::vinculos::{self, Vinculo};
use crate::{Error, EstadoRenglon, Modo, Renglon};

/// Undoes what a line was decided to be. Doing it twice changes nothing.
///
/// Errors: `NotFound`, `EstadoLote` (a closed lote is opened first), `Desactualizado`, and those of
/// reversing a payment (part was given back, it was charged back). Emits `renglon.resuelto` with
/// `por_conciliar`, and `pago.revertido` for each.
pub async fn undo_renglon(tx: &Tx, cx: &Cx, orden: Orden) -> Result<(), Error> {
    let renglon = held(tx, orden.renglon, orden.version).await?;
    if renglon.estado == EstadoRenglon::PorConciliar {
        return Ok(());
    }
    let suyos = vinculos::of_lines(tx, &[renglon.id]).await?.remove(&renglon.id);
    let suyos = suyos.unwrap_or_default();
    // The links go first: the reversal tells of itself, and must find nothing to undo again.
    vinculos::unlink(tx, renglon.id).await?;
    reverse(tx, cx, &suyos).await?;
    back(tx, cx, &renglon).await
}

async fn reverse(tx: &Tx, cx: &Cx, vinculos: &[Vinculo]) -> Result<(), Error> {
    let creados: Vec<Uuid> = vinculos.iter().filter(|v| v.creado).map(|v| v.pago_id).collect();
    let mut clientes = Vec::new();
    for pago in &creados {
        let pago = ramal_pagos::pago(tx, *pago).await?.ok_or(Error::NotFound("pago"))?;
        clientes.push(ClienteId::from_uuid(pago.cliente_id));
    }
    clientes.sort();
    clientes.dedup();
    ramal_clientes::storage::lock_many(tx, &clientes).await?;
    for pago in creados {
        let motivo = MotivoReverso::new("Se deshizo la conciliación del movimiento del banco");
        reverse_pago(tx, cx, PagoId::from_uuid(pago), motivo).await?;
    }
    Ok(())
}

async fn back(tx: &Tx, cx: &Cx, renglon: &Renglon) -> Result<(), Error> {
    let estado = EstadoRenglon::PorConciliar;
    let paso = Paso { estado, modo: Some(Modo::Persona), motivo: None };
    renglones::step(tx, cx, renglon.id, &paso).await?;
    tell(tx, cx, renglon, (estado, &[], Modo::Persona)).await
}

/// A payment was taken back elsewhere: its line is to be resolved again, whole.
///
/// Of a line split among several customers the other payments stay linked; the line stays resolved
/// and a person sees the difference. Doing it twice changes nothing. Errors: `Storage`.
pub async fn forget_pago(tx: &Tx, cx: &Cx, pago: Uuid) -> Result<(), Error> {
    let Some(vinculo) = vinculos::of_pago(tx, pago).await? else { return Ok(()) };
    let renglon = renglones::lock(tx, vinculo.renglon_id).await?;
    let renglon = renglon.ok_or(Error::NotFound("renglon"))?;
    let todos = vinculos::of_lines(tx, &[renglon.id]).await?.remove(&renglon.id);
    if todos.is_some_and(|v| v.len() == 1) {
        vinculos::unlink(tx, renglon.id).await?;
        back(tx, cx, &renglon).await?;
    }
    Ok(())
}
