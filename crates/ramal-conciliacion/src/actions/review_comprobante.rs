//! What a person decides of a proof. Approving posts the payment, once; its line of the bank is
//! linked when it appears.

use ramal_base::Cx;
use ramal_clientes::ClienteId;
use ramal_db::{DbError, Tx};
use ramal_pagos::{Destino, NuevoPago, OrigenPago, Partida, record_pago};
use ramal_plataforma::{Registro, audit};
use serde_json::json;
use uuid::Uuid;

use super::partes::reason;
use super::receive_comprobante::{DatosComprobante, Hechos};
use crate::events::{ComprobanteAprobado, ComprobanteOtraFoto, ComprobanteRechazado};
use crate::storage::comprobantes::{self, Revision};
use crate::{ComprobantePago, ComprobantePagoId, Error, EstadoComprobante};

/// What a reviewer read in a proof, and what the money is for.
#[derive(Clone, Debug)]
pub struct Aprobacion {
    /// Version that he saw.
    pub version: Option<i64>,
    /// What the proof says: operation number, amount and day are needed.
    pub datos: DatosComprobante,
    /// Invoice to settle first; none settles the oldest debt first.
    pub factura: Option<Uuid>,
}

/// Approves a proof and registers its payment.
///
/// Errors: `NotFound`, `ComprobanteRevisado`, `Desactualizado`, 422 with what is missing, 409
/// `comprobante_repetido` if the same operation was approved or paid before, those of the payment.
/// Emits `comprobante_pago.aprobado` and what the payment tells.
pub async fn approve_comprobante(
    tx: &Tx,
    cx: &Cx,
    id: ComprobantePagoId,
    aprobacion: Aprobacion,
) -> Result<ComprobantePago, Error> {
    let antes = waiting(tx, id, aprobacion.version).await?;
    let cliente = ClienteId::from_uuid(antes.cliente_id);
    ramal_clientes::storage::lock(tx, cliente).await?;
    let hoy = ramal_plataforma::empresa(tx).await?.zona().fecha(cx.now());
    let hechos = aprobacion.datos.read(hoy)?;
    let (importe, fecha, operacion) = complete(&hechos)?;
    refuse_paid(tx, &antes, &hechos).await?;
    let destino = match aprobacion.factura {
        None => Destino::Automatico,
        Some(factura_id) => {
            Destino::Explicito(vec![Partida { factura_id, linea: None, monto: importe }])
        }
    };
    // Without provider the operation number tells payments apart, as with those typed by hand.
    let nuevo = NuevoPago {
        cliente_id: antes.cliente_id,
        moneda: antes.moneda,
        monto: importe,
        medio: hechos.medio,
        origen: OrigenPago::Comprobante,
        proveedor: None,
        referencia: None,
        fecha_valor: fecha,
        operacion: Some(operacion.to_owned()),
        notas: hechos.notas.clone(),
        destino,
        turno_id: None,
    };
    let registrado = record_pago(tx, cx, nuevo).await?;
    if !registrado.nuevo {
        return Err(repeated(&format!("el pago {}", registrado.pago.codigo())));
    }
    let revision = Revision {
        estado: EstadoComprobante::Aprobado,
        motivo: None,
        medio: hechos.medio,
        operacion: Some(operacion),
        dinero: (Some(importe), antes.moneda),
        fecha: Some(fecha),
        pago: Some(registrado.pago.id.uuid()),
    };
    match comprobantes::review(tx, cx, id, &revision).await {
        Err(DbError::Unique(_)) => return Err(repeated("otro comprobante")),
        otro => otro?,
    }
    finish(tx, cx, &antes).await
}

/// Refuses a proof. Errors: as approving, and 422 without reason. Emits
/// `comprobante_pago.rechazado`.
pub async fn reject_comprobante(
    tx: &Tx,
    cx: &Cx,
    (id, version): (ComprobantePagoId, Option<i64>),
    motivo: &str,
) -> Result<ComprobantePago, Error> {
    decide(tx, cx, (id, version), (EstadoComprobante::Rechazado, motivo)).await
}

/// Asks for another photo. Errors: as refusing. Emits `comprobante_pago.otra_foto`.
pub async fn ask_again(
    tx: &Tx,
    cx: &Cx,
    (id, version): (ComprobantePagoId, Option<i64>),
    motivo: &str,
) -> Result<ComprobantePago, Error> {
    decide(tx, cx, (id, version), (EstadoComprobante::OtraFoto, motivo)).await
}

async fn decide(
    tx: &Tx,
    cx: &Cx,
    (id, version): (ComprobantePagoId, Option<i64>),
    (estado, motivo): (EstadoComprobante, &str),
) -> Result<ComprobantePago, Error> {
    let motivo = reason("motivo", motivo)?;
    let antes = waiting(tx, id, version).await?;
    let revision = Revision {
        estado,
        motivo: Some(&motivo),
        medio: antes.medio,
        operacion: antes.operacion.as_deref(),
        dinero: (antes.importe, antes.moneda),
        fecha: antes.fecha,
        pago: None,
    };
    comprobantes::review(tx, cx, id, &revision).await?;
    finish(tx, cx, &antes).await
}

async fn finish(tx: &Tx, cx: &Cx, antes: &ComprobantePago) -> Result<ComprobantePago, Error> {
    let despues = comprobantes::by_id(tx, antes.id).await?;
    let despues = despues.ok_or(Error::NotFound("comprobante_pago"))?;
    let registro = Registro::new("comprobante_pago.revisar", "comprobante_pago", antes.id);
    let foto = json!({"estado": despues.estado, "pago_id": despues.pago_id});
    let registro = registro.antes(json!({"estado": antes.estado})).despues(foto);
    audit(tx, cx, registro).await?;
    match despues.estado {
        EstadoComprobante::Aprobado => tx.emit(cx, &ComprobanteAprobado::of(&despues)).await?,
        EstadoComprobante::OtraFoto => tx.emit(cx, &ComprobanteOtraFoto::of(&despues)).await?,
        _ => tx.emit(cx, &ComprobanteRechazado::of(&despues)).await?,
    }
    Ok(despues)
}

async fn waiting(
    tx: &Tx,
    id: ComprobantePagoId,
    version: Option<i64>,
) -> Result<ComprobantePago, Error> {
    let antes = comprobantes::lock(tx, id).await?;
    let antes = antes.ok_or(Error::NotFound("comprobante_pago"))?;
    if antes.estado != EstadoComprobante::PorRevisar {
        return Err(Error::ComprobanteRevisado(antes.estado.words()));
    }
    if version.is_some_and(|v| v != antes.version) {
        return Err(Error::Desactualizado);
    }
    Ok(antes)
}

/// Operation number, amount and day: without them the line of the bank cannot be recognised.
fn complete(h: &Hechos) -> Result<(i64, ramal_base::Fecha, &str), Error> {
    let falta = |campo: &str, que: &str| {
        Error::campo(campo, "dato_requerido", format!("Falta {que}, como se lee en la foto."))
    };
    let operacion = h.operacion.as_deref();
    let operacion = operacion.ok_or_else(|| falta("operacion", "el número de operación"))?;
    if comprobantes::plain_operation(operacion).is_none() {
        return Err(falta("operacion", "el número de operación"));
    }
    let importe = h.importe.ok_or_else(|| falta("importe", "el importe"))?;
    let fecha = h.fecha.ok_or_else(|| falta("fecha", "el día del pago"))?;
    Ok((importe, fecha, operacion))
}

/// Refuses an operation that was paid or approved before, whatever means was chosen.
async fn refuse_paid(tx: &Tx, antes: &ComprobantePago, h: &Hechos) -> Result<(), Error> {
    let leido =
        ComprobantePago { operacion: h.operacion.clone(), importe: h.importe, ..antes.clone() };
    if let Some(numero) = comprobantes::same_pago(tx, &leido, h.fecha).await? {
        return Err(repeated(&format!("el pago P-{numero}")));
    }
    let otros = comprobantes::duplicates(tx, &leido).await?;
    let aprobado = otros.iter().find(|o| o.estado == EstadoComprobante::Aprobado);
    match aprobado {
        Some(otro) => Err(repeated(&format!("el comprobante {}", otro.codigo()))),
        None => Ok(()),
    }
}

fn repeated(que: &str) -> Error {
    let detalle = format!(
        "Esta operación ya está en {que}. No se cobró dos veces. Si es otra, revisar el número, el \
         importe y el día."
    );
    Error::conflicto("comprobante_repetido", detalle)
}
