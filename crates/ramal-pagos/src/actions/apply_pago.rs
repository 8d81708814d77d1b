//! What a payment settles, changed afterwards: more, nothing, otherwise. The money stays.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_facturacion::cobro::{Destino, Imputada, abiertas, apply_abono, unapply_abono};
use ramal_plataforma::{Registro, audit};

use super::partes::{motivo, open_vigente};
use super::partidas;
use super::record_pago::photo;
use crate::storage::pagos;
use crate::{Error, Pago, PagoId};

/// Settles more with what a payment has in favour.
///
/// Errors: `NotFound`, `Estado`, those of billing (a partida over what is open or over what is
/// left), `Storage`.
pub async fn apply_pago(
    tx: &Tx,
    cx: &Cx,
    id: PagoId,
    destino: Destino,
) -> Result<Vec<Imputada>, Error> {
    let antes = open_vigente(tx, id).await?;
    if antes.a_favor() == 0 {
        let detalle = format!(
            "Todo el pago {} está aplicado. Para aplicarlo a otra factura, primero desaplicarlo.",
            antes.codigo()
        );
        return Err(Error::conflicto("pago_sin_resto", detalle));
    }
    if let Destino::Explicito(pedidas) = &destino {
        let abiertas = abiertas(tx, antes.cliente_id, Some(antes.moneda)).await?;
        partidas::check(&abiertas, antes.a_favor(), pedidas)?;
    }
    let imputadas = apply_abono(tx, cx, id.uuid(), destino).await?;
    note(tx, cx, ("pago.aplicar", &antes)).await?;
    Ok(imputadas)
}

/// Takes a payment off everything that it settles: it is in favour again, whole.
///
/// Doing it twice changes nothing. Errors: `NotFound`, `Estado`, `Refused`, those of billing.
pub async fn unapply_pago(tx: &Tx, cx: &Cx, id: PagoId, razon: &str) -> Result<(), Error> {
    let razon = motivo("motivo", razon)?;
    let antes = open_vigente(tx, id).await?;
    if antes.aplicado == 0 {
        return Ok(());
    }
    unapply_abono(tx, cx, id.uuid(), &razon).await?;
    note(tx, cx, ("pago.desaplicar", &antes)).await
}

/// Settles otherwise: takes the payment off everything and applies it anew, in one act.
///
/// Errors: those of [`apply_pago`] and [`unapply_pago`].
pub async fn reapply_pago(
    tx: &Tx,
    cx: &Cx,
    id: PagoId,
    (destino, razon): (Destino, &str),
) -> Result<Vec<Imputada>, Error> {
    unapply_pago(tx, cx, id, razon).await?;
    apply_pago(tx, cx, id, destino).await
}

async fn note(tx: &Tx, cx: &Cx, (accion, antes): (&'static str, &Pago)) -> Result<(), Error> {
    let despues = pagos::by_id(tx, antes.id.uuid()).await?.ok_or(Error::NotFound("pago"))?;
    let registro = Registro::new(accion, "pago", antes.id);
    audit(tx, cx, registro.antes(photo(antes)).despues(photo(&despues))).await?;
    Ok(())
}
