//! A cheque that bounced, a card that disowned: the money goes and the facturas are open again with
//! their own due dates. It cuts nobody (facturacion.md 5.7 Y8).

use std::collections::BTreeMap;

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_facturacion::cobro::revoke_abono;
use ramal_facturacion::recargo::{ClaseRecargo, Momento, NuevoRecargo, add_recargo};
use ramal_plataforma::{Registro, audit};
use uuid::Uuid;

use super::partes::{Salida, motivo, open, refused, take_out, today};
use super::record_pago::photo;
use crate::caja::{ClaseMovimiento, EstadoTurno, TurnoId};
use crate::contracargo::NuevoContracargo;
use crate::events::PagoContracargado;
use crate::storage::pagos::{self, Deshecho, Libera};
use crate::storage::{caja, contracargos, devoluciones};
use crate::{ClaseContracargo, Error, EstadoDevolucion, EstadoPago, Pago};

/// Records that the bank or the card took a payment back.
///
/// Leaves the row from which collections reads its one notice and two working days, and charges the
/// fee if one is asked for. Doing it twice changes nothing.
/// Errors: `NotFound`; `Estado` if it was reverted; `Refused`; those of billing.
/// Emits `PagoContracargado`.
pub async fn record_contracargo(tx: &Tx, cx: &Cx, nuevo: NuevoContracargo) -> Result<Pago, Error> {
    let nuevo = NuevoContracargo { motivo: motivo("motivo", &nuevo.motivo)?, ..nuevo };
    let antes = open(tx, nuevo.pago_id).await?;
    match antes.estado {
        EstadoPago::Contracargado => return Ok(antes),
        EstadoPago::Revertido => return Err(refused(&antes)),
        _ => {}
    }
    reject_pending(tx, cx, &antes).await?;
    let reabiertas = settled(tx, &antes).await?;
    revoke_abono(tx, cx, antes.id.uuid(), &nuevo.motivo).await?;
    let deshecho =
        Deshecho { estado: "contracargado", motivo: &nuevo.motivo, libera: Libera::Nada };
    pagos::undo(tx, cx, antes.id, &deshecho).await?;
    let hoy = today(tx, cx).await?;
    let id = contracargos::insert(tx, cx, (&antes, &nuevo), (hoy, &reabiertas)).await?;
    if let Some(recargo) = fee(tx, cx, &antes, &nuevo).await? {
        contracargos::set_recargo(tx, id, recargo).await?;
    }
    if nuevo.clase == ClaseContracargo::ChequeRechazado {
        note_in_drawer(tx, cx, &antes, &nuevo.motivo).await?;
    }
    let despues = pagos::by_id(tx, antes.id.uuid()).await?.ok_or(Error::NotFound("pago"))?;
    let registro = Registro::new("pago.contracargar", "pago", antes.id);
    audit(tx, cx, registro.antes(photo(&antes)).despues(photo(&despues))).await?;
    tx.emit(cx, &PagoContracargado::of(&despues, despues.monto - despues.devuelto)).await?;
    Ok(despues)
}

/// What the payment settles of each factura, minor units.
async fn settled(tx: &Tx, pago: &Pago) -> Result<Vec<(Uuid, i64)>, Error> {
    let mut sumas: BTreeMap<Uuid, i64> = BTreeMap::new();
    for a in pagos::aplicado_a(tx, pago.id).await? {
        *sumas.entry(a.factura_id).or_default() += a.monto;
    }
    Ok(sumas.into_iter().collect())
}

/// A refund that waits has no money behind it any more.
async fn reject_pending(tx: &Tx, cx: &Cx, pago: &Pago) -> Result<(), Error> {
    for d in devoluciones::de_pago(tx, pago.id).await? {
        if d.estado == EstadoDevolucion::Pendiente {
            let respuesta = Some("El pago fue contracargado.");
            devoluciones::resolve(tx, cx, d.id, (EstadoDevolucion::Rechazada, respuesta)).await?;
        }
    }
    Ok(())
}

/// A bounced cheque is no longer in the shift that took it, if that is still open.
async fn note_in_drawer(tx: &Tx, cx: &Cx, pago: &Pago, motivo: &str) -> Result<(), Error> {
    let suyo = match pago.turno_id {
        Some(id) => caja::turno(tx, TurnoId::from_uuid(id)).await?,
        None => None,
    };
    if suyo.is_none_or(|t| t.estado != EstadoTurno::Abierto) {
        return Ok(());
    }
    let salida =
        Salida { clase: ClaseMovimiento::Reverso, medio: pago.medio, monto: pago.monto, motivo };
    take_out(tx, cx, pago, &salida).await
}

/// Charges the fee, once, on the next factura of the cliente; none if none was asked for.
async fn fee(
    tx: &Tx,
    cx: &Cx,
    pago: &Pago,
    nuevo: &NuevoContracargo,
) -> Result<Option<Uuid>, Error> {
    let Some(monto) = nuevo.recargo else { return Ok(None) };
    if !(1..=super::partes::MAXIMO).contains(&monto) {
        let motivo = "Escribir un recargo mayor que cero, o dejarlo vacío.";
        return Err(Error::campo("recargo", "importe_invalido", motivo));
    }
    let concepto = match nuevo.clase {
        ClaseContracargo::Contracargo => "Gastos por contracargo",
        ClaseContracargo::ChequeRechazado => "Gastos por cheque devuelto",
    };
    let recargo = NuevoRecargo {
        cliente_id: pago.cliente_id,
        factura_id: None,
        servicio_id: None,
        clase: ClaseRecargo::Recargo,
        clave: format!("contracargo:{}", pago.id),
        monto,
        moneda: pago.moneda,
        descripcion: format!("{concepto}, pago {}", pago.codigo()),
        momento: Momento::ProximaFactura,
    };
    Ok(Some(add_recargo(tx, cx, recargo).await?.id))
}
