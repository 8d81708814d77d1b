//! Taking back a payment that was registered by mistake. What really happened and was undone by a
//! bank is a chargeback.

use ramal_base::{Cx, Dinero};
use ramal_db::Tx;
use ramal_facturacion::cobro::revoke_abono;
use ramal_plataforma::{Registro, audit};

use super::partes::{Salida, motivo, open, refused, take_out};
use super::record_pago::photo;
use crate::caja::ClaseMovimiento;
use crate::events::PagoRevertido;
use crate::storage::pagos::{self, Deshecho, Libera};
use crate::{Error, EstadoPago, OrigenPago, Pago, PagoId};

/// Why a payment is taken back, 3 to 200 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MotivoReverso(pub String);

impl MotivoReverso {
    /// The reason.
    pub fn new(texto: impl Into<String>) -> MotivoReverso {
        MotivoReverso(texto.into())
    }
}

/// Whether a person may take it back: what a gateway credited is in the gateway, and goes back
/// through its cobro. Errors: 409 `pago_de_pasarela`.
pub fn check_reversible(pago: &Pago) -> Result<(), Error> {
    if pago.origen != OrigenPago::Pasarela {
        return Ok(());
    }
    let detalle = "Este pago entró por una pasarela y su dinero está allí. Devolverlo desde su \
        cobro en línea; si no era de este cliente, desaplicarlo y avisar a un administrador.";
    Err(Error::conflicto("pago_de_pasarela", detalle))
}

/// Takes a payment back: its applications and its money, and what it put in a drawer.
///
/// Its facturas are open again with their due dates. The reference of what a person registered may
/// be used again; that of a gateway never. Doing it twice changes nothing.
/// Errors: `NotFound`; `Estado` if it was charged back; `Refused` if part was given back or without
/// reason; `SinTurno`; those of billing. Emits `PagoRevertido`.
pub async fn reverse_pago(
    tx: &Tx,
    cx: &Cx,
    id: PagoId,
    razon: MotivoReverso,
) -> Result<Pago, Error> {
    let razon = motivo("motivo", &razon.0)?;
    let antes = open(tx, id).await?;
    match antes.estado {
        EstadoPago::Revertido => return Ok(antes),
        EstadoPago::Contracargado => return Err(refused(&antes)),
        _ if antes.devuelto > 0 => return Err(given_back(&antes)),
        _ => {}
    }
    if crate::storage::devoluciones::pendiente_de(tx, id).await? > 0 {
        let detalle = "Hay una devolución de este pago por aprobar. Resolverla antes de revertir.";
        return Err(Error::conflicto("devolucion_pendiente", detalle));
    }
    revoke_abono(tx, cx, id.uuid(), &razon).await?;
    let libera = match antes.origen {
        OrigenPago::Pasarela => Libera::Nada,
        _ => Libera::Referencia,
    };
    pagos::undo(tx, cx, id, &Deshecho { estado: "revertido", motivo: &razon, libera }).await?;
    if antes.turno_id.is_some() {
        let salida = Salida {
            clase: ClaseMovimiento::Reverso,
            medio: antes.medio,
            monto: antes.monto,
            motivo: &razon,
        };
        take_out(tx, cx, &antes, &salida).await?;
    }
    let despues = pagos::by_id(tx, id.uuid()).await?.ok_or(Error::NotFound("pago"))?;
    let registro = Registro::new("pago.revertir", "pago", id);
    audit(tx, cx, registro.antes(photo(&antes)).despues(photo(&despues))).await?;
    tx.emit(cx, &PagoRevertido::of(&despues, despues.monto)).await?;
    Ok(despues)
}

fn given_back(pago: &Pago) -> Error {
    let detalle = format!(
        "Del pago {} ya se devolvieron {}. No se revierte: lo que queda se devuelve o se aplica.",
        pago.codigo(),
        Dinero::new(pago.devuelto, pago.moneda)
    );
    Error::conflicto("pago_con_devolucion", detalle)
}
