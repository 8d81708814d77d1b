//! A line set aside with a reason, or marked as something that is no customer's money. Neither
//! moves money.

use ramal_base::Cx;
use ramal_db::Tx;

use super::partes::{pending, reason};
use super::resolve_renglon::{Orden, tell};
use crate::storage::renglones::{self, Paso};
use crate::{Error, EstadoRenglon, RenglonId};

/// Sets a line aside: it waits, out of the way, and still counts as a difference.
///
/// Errors: 422 without reason, those of a line that cannot be resolved.
pub async fn set_aside(tx: &Tx, cx: &Cx, orden: Orden, motivo: &str) -> Result<(), Error> {
    mark(tx, cx, orden, (EstadoRenglon::Apartado, motivo)).await
}

/// Says that a line is no customer's money: a fee, interest, our own transfer.
///
/// Errors: 422 without reason, those of a line that cannot be resolved.
pub async fn adjust_renglon(tx: &Tx, cx: &Cx, orden: Orden, motivo: &str) -> Result<(), Error> {
    mark(tx, cx, orden, (EstadoRenglon::Ajuste, motivo)).await
}

async fn mark(
    tx: &Tx,
    cx: &Cx,
    orden: Orden,
    (estado, motivo): (EstadoRenglon, &str),
) -> Result<(), Error> {
    let motivo = reason("motivo", motivo)?;
    let id: RenglonId = orden.renglon;
    let renglon = pending(tx, id, orden.version).await?;
    let paso = Paso { estado, modo: Some(orden.modo), motivo: Some(&motivo) };
    renglones::step(tx, cx, id, &paso).await?;
    tell(tx, cx, &renglon, (estado, &[], orden.modo)).await
}
