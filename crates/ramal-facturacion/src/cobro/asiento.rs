//! The movements of issuing and voiding: what a document does to the account. Posts nothing itself.

use ramal_base::{Cx, Fecha, Moneda};
use ramal_cuenta::{ClaseMovimiento, Cuenta, Documento, NuevoMovimiento};
use ramal_db::{DbError, Tx};
use uuid::Uuid;

use super::free_factura;
use crate::factura::FacturaFila;
use crate::{ClaseFactura, Error};

/// Kind of the paper of a movement of billing.
pub const DOCUMENTO_FACTURA: &str = "factura";

/// A document that has just taken its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Emitido {
    pub(crate) id: Uuid,
    pub(crate) cliente_id: Uuid,
    pub(crate) clase: ClaseFactura,
    pub(crate) relacionada: Option<Uuid>,
    pub(crate) moneda: Moneda,
    pub(crate) total: i64,
    pub(crate) fecha: Fecha,
}

/// Movement of an issued document; none if its total is zero.
pub(crate) fn issued(e: &Emitido) -> Option<NuevoMovimiento> {
    let (clase, debe, haber) = match e.clase {
        ClaseFactura::NotaCredito => {
            (ClaseMovimiento::NotaCredito, Cuenta::Ventas, Cuenta::PorCobrar)
        }
        ClaseFactura::NotaDebito => {
            (ClaseMovimiento::NotaDebito, Cuenta::PorCobrar, Cuenta::Ventas)
        }
        ClaseFactura::Factura | ClaseFactura::Recibo => {
            (ClaseMovimiento::Factura, Cuenta::PorCobrar, Cuenta::Ventas)
        }
    };
    (e.total > 0).then(|| movement(e, (clase, e.total), (debe, haber)))
}

/// Movement of the cents between what a note says and what it took off the lines that it closed.
pub(crate) fn rounding(e: &Emitido, rebajado: i64) -> Option<NuevoMovimiento> {
    let diferencia = rebajado - e.total;
    let (debe, haber) = match diferencia {
        0 => return None,
        1.. => (Cuenta::Ajustes, Cuenta::PorCobrar),
        _ => (Cuenta::PorCobrar, Cuenta::Ajustes),
    };
    Some(movement(e, (ClaseMovimiento::Redondeo, diferencia.abs()), (debe, haber)))
}

fn movement(
    e: &Emitido,
    (clase, monto): (ClaseMovimiento, i64),
    (debe, haber): (Cuenta, Cuenta),
) -> NuevoMovimiento {
    NuevoMovimiento {
        cliente_id: e.cliente_id,
        moneda: e.moneda,
        clase,
        debe,
        haber,
        monto,
        documento: Documento { tipo: DOCUMENTO_FACTURA, id: e.id },
        factura_id: Some(e.relacionada.unwrap_or(e.id)),
        fecha_valor: e.fecha,
        fecha: e.fecha,
        detalle: None,
        revierte: None,
    }
}

/// Takes a voided invoice out of the account: what settled it is in favour again, and what is left
/// of it is owed no more. The caller holds the customer's lock.
pub(crate) async fn void(tx: &Tx, cx: &Cx, fila: &FacturaFila, hoy: Fecha) -> Result<(), Error> {
    let id = fila.id.uuid();
    free_factura(tx, cx, id).await?;
    let queda = fila.total - fila.acreditado;
    if queda <= 0 {
        return Ok(());
    }
    let moneda = Moneda::parse(&fila.moneda).ok_or(DbError::Corrupt("currency of a factura"))?;
    let anulacion = NuevoMovimiento {
        cliente_id: fila.cliente_id,
        moneda,
        clase: ClaseMovimiento::Anulacion,
        debe: Cuenta::Ventas,
        haber: Cuenta::PorCobrar,
        monto: queda,
        documento: Documento { tipo: DOCUMENTO_FACTURA, id },
        factura_id: Some(id),
        fecha_valor: hoy,
        fecha: hoy,
        detalle: None,
        revierte: None,
    };
    ramal_cuenta::post(tx, cx, &[anulacion]).await.map_err(Error::from)
}
