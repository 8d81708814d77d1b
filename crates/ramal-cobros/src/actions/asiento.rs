//! The only door to the slice of payments: a payment of a gateway becomes a payment of the
//! customer, its refunds and its chargeback follow. It decides nothing of whose it is.

use ramal_base::{Cx, Fecha, Instante};
use ramal_db::{Consulta, Tx};
use ramal_facturacion::cobro::{self, Destino};
use ramal_pagos::{
    AlcanceDevolucion, ClaseContracargo, Medio, NuevaDevolucion, NuevoContracargo, NuevoPago,
    OrigenPago, PagoId, record_contracargo, record_devolucion, record_pago,
};
use ramal_pasarelas::MedioRemoto;
use uuid::Uuid;

use crate::Error;
use crate::cobro::Partida;
use crate::storage::remotos::Remoto;

impl From<ramal_pagos::Error> for Error {
    fn from(error: ramal_pagos::Error) -> Error {
        match error {
            ramal_pagos::Error::Storage(e) => Error::Storage(e),
            ramal_pagos::Error::Facturacion(e) => e.into(),
            otro => Error::Refused(otro.into()),
        }
    }
}

/// Records the payment of a customer, once however often it is told.
///
/// Errors: those of `record_pago`.
pub(super) async fn post_pago(
    tx: &Tx,
    cx: &Cx,
    remoto: &Remoto,
    (cliente, medio): (Uuid, Medio),
    destino: Destino,
) -> Result<PagoId, Error> {
    let nuevo = NuevoPago {
        cliente_id: cliente,
        moneda: remoto.moneda()?,
        monto: remoto.importe,
        medio,
        origen: OrigenPago::Pasarela,
        proveedor: Some(remoto.pasarela.clone()),
        referencia: Some(remoto.referencia.clone()),
        fecha_valor: value_date(tx, cx, remoto.acreditado).await?,
        operacion: Some(remoto.referencia.chars().take(100).collect()),
        notas: None,
        destino,
        turno_id: None,
    };
    Ok(record_pago(tx, cx, nuevo).await?.pago.id)
}

/// Day on which the customer paid, in the zone of the company (Y7); never after today.
async fn value_date(
    c: &impl Consulta,
    cx: &Cx,
    acreditado: Option<Instante>,
) -> Result<Fecha, Error> {
    let zona = ramal_plataforma::empresa(c).await?.zona();
    let hoy = zona.fecha(cx.now());
    Ok(acreditado.map_or(hoy, |cuando| zona.fecha(cuando).min(hoy)))
}

/// What a cobro's money is for: what was chosen; all that is owed if somebody else settled it
/// first.
pub(super) async fn destination(c: &impl Consulta, partidas: &[Partida]) -> Result<Destino, Error> {
    let mut elegidas = Vec::with_capacity(partidas.len());
    for p in partidas {
        if cobro::abierta(c, p.factura_id).await?.is_some() {
            let (factura_id, monto) = (p.factura_id, p.monto);
            elegidas.push(cobro::Partida { factura_id, linea: None, monto });
        }
    }
    Ok(if elegidas.is_empty() { Destino::Automatico } else { Destino::Explicito(elegidas) })
}

/// Posts what the gateway gave back or lost since the last time. Changes the row to say so; who
/// calls keeps it.
///
/// Errors: those of the slice of payments.
pub(super) async fn catch_up(
    tx: &Tx,
    cx: &Cx,
    (pago, medio): (PagoId, Medio),
    remoto: &mut Remoto,
) -> Result<Option<&'static str>, Error> {
    use ramal_pasarelas::EstadoCobro;
    if remoto.estado()? == EstadoCobro::Contracargado {
        if remoto.contracargo {
            return Ok(None);
        }
        let motivo = format!("Contracargo de {} {}", remoto.pasarela, remoto.referencia);
        let clase = ClaseContracargo::Contracargo;
        let nuevo = NuevoContracargo { pago_id: pago, clase, motivo, recargo: None };
        record_contracargo(tx, cx, nuevo).await?;
        remoto.contracargo = true;
        return Ok(Some("contracargo"));
    }
    let nuevo = remoto.devuelto - remoto.devuelto_asentado;
    if nuevo <= 0 {
        return Ok(None);
    }
    let devolucion = NuevaDevolucion {
        pago_id: pago,
        monto: nuevo,
        medio,
        motivo: format!("Devolución de {} {}", remoto.pasarela, remoto.referencia),
        referencia: Some(format!("{}/{}", remoto.referencia, remoto.devuelto)),
        alcance: AlcanceDevolucion::LoNecesario,
    };
    record_devolucion(tx, cx, devolucion).await?;
    remoto.devuelto_asentado = remoto.devuelto;
    Ok(Some("devolucion"))
}

/// How the customer paid, in the words of the slice of payments.
pub(super) fn medio_of(pedido: Option<MedioRemoto>, contado: Option<&str>) -> Medio {
    let contado = contado.unwrap_or("").to_ascii_lowercase();
    let words = |lista: &[&str]| lista.iter().any(|p| contado.contains(p));
    match pedido {
        Some(MedioRemoto::Spei) => Medio::Spei,
        Some(MedioRemoto::Oxxo) => Medio::Oxxo,
        Some(MedioRemoto::PagoEfectivo) => Medio::PagoEfectivo,
        Some(MedioRemoto::Yape) => Medio::Yape,
        _ if words(&["spei", "clabe"]) => Medio::Spei,
        _ if words(&["oxxo"]) => Medio::Oxxo,
        _ if words(&["pagoefectivo"]) => Medio::PagoEfectivo,
        _ if words(&["yape"]) => Medio::Yape,
        _ if words(&["bank_transfer", "transfer"]) => Medio::Transferencia,
        _ if words(&["account_money", "wallet"]) => Medio::Monedero,
        _ if words(&["deb"]) => Medio::TarjetaDebito,
        _ => Medio::Tarjeta,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_gateway_tells_becomes_a_means_of_the_catalogue() {
        assert_eq!(medio_of(Some(MedioRemoto::Enlace), Some("debvisa")), Medio::TarjetaDebito);
        assert_eq!(medio_of(Some(MedioRemoto::Enlace), Some("visa")), Medio::Tarjeta);
        assert_eq!(medio_of(Some(MedioRemoto::Enlace), Some("oxxo")), Medio::Oxxo);
        assert_eq!(medio_of(Some(MedioRemoto::Spei), Some("visa")), Medio::Spei);
        assert_eq!(medio_of(None, Some("clabe")), Medio::Spei);
        assert_eq!(medio_of(None, None), Medio::Tarjeta);
    }
}
