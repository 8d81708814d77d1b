//! Giving money back: at once up to a limit, after an approval above it, and as a fact when a
//! gateway has already done it. Never more than what settles nothing, unless the fact demands it.

use ramal_base::{Cx, Dinero};
use ramal_db::Tx;
use ramal_facturacion::cobro::{Cuenta, Destino, Partida};
use ramal_facturacion::cobro::{apply_abono, unapply_abono, withdraw_abono};
use ramal_plataforma::{Registro, audit};
use serde_json::{Value, json};

use super::partes::{MAXIMO, Salida, motivo, open, open_vigente, take_out};
use crate::ajustes::limites;
use crate::caja::ClaseMovimiento;
use crate::devolucion::{
    AlcanceDevolucion, Devolucion, DevolucionId, EstadoDevolucion, Facultad, NuevaDevolucion,
};
use crate::events::PagoDevuelto;
use crate::storage::{devoluciones, pagos};
use crate::{Error, Medio, OrigenPago, Pago};

/// Gives money of a payment back now, whatever the limit: for whoever may, and for what already
/// happened.
///
/// A second call with the same payment and reference gives the first refund.
/// Errors: `NotFound`; `Estado`; `Refused` (amount, reason); 409 `devolucion_excede` over what
/// settles nothing; `SinTurno` for cash; `Storage`. Emits `PagoDevuelto`.
pub async fn record_devolucion(
    tx: &Tx,
    cx: &Cx,
    nueva: NuevaDevolucion,
) -> Result<Devolucion, Error> {
    request(tx, cx, nueva, Facultad::Cualquiera).await
}

/// Gives money back, or asks for it: above the limit of the company and without the power to
/// approve, the refund waits and no money moves.
///
/// Errors and repetition: as [`record_devolucion`].
pub async fn request_devolucion(
    tx: &Tx,
    cx: &Cx,
    nueva: NuevaDevolucion,
    facultad: Facultad,
) -> Result<Devolucion, Error> {
    request(tx, cx, nueva, facultad).await
}

async fn request(
    tx: &Tx,
    cx: &Cx,
    nueva: NuevaDevolucion,
    facultad: Facultad,
) -> Result<Devolucion, Error> {
    let nueva = checked(nueva)?;
    let pago = open(tx, nueva.pago_id).await?;
    if let Some(referencia) = &nueva.referencia
        && let Some(hecha) = devoluciones::by_referencia(tx, pago.id, referencia).await?
    {
        return Ok(hecha);
    }
    if !pago.estado.is_vigente() {
        return Err(super::partes::refused(&pago));
    }
    let libre = pago.a_favor() - devoluciones::pendiente_de(tx, pago.id).await?;
    let forzada = nueva.alcance == AlcanceDevolucion::LoNecesario;
    if nueva.monto > libre && !forzada || nueva.monto > pago.monto - pago.devuelto {
        return Err(too_much(&pago, libre));
    }
    let empresa = ramal_plataforma::empresa(tx).await?;
    let limite = limites(&empresa, pago.moneda).devolucion;
    let espera = facultad == Facultad::HastaLimite && nueva.monto > limite;
    let devolucion = drafted(tx, cx, &pago, (&nueva, espera)).await?;
    devoluciones::insert(tx, &devolucion).await?;
    if espera {
        let registro = Registro::new("devolucion.solicitar", "devolucion", devolucion.id);
        audit(tx, cx, registro.despues(photo(&devolucion))).await?;
        return Ok(devolucion);
    }
    if forzada && nueva.monto > pago.a_favor() {
        make_room(tx, cx, &pago, nueva.monto).await?;
    } else {
        withdraw(tx, cx, &pago, &devolucion).await?;
    }
    leave(tx, cx, &pago, &devolucion).await?;
    Ok(devolucion)
}

fn checked(nueva: NuevaDevolucion) -> Result<NuevaDevolucion, Error> {
    if !(1..=MAXIMO).contains(&nueva.monto) {
        let motivo = "Escribir un importe mayor que cero, con hasta dos decimales: 499.00.";
        return Err(Error::campo("monto", "importe_invalido", motivo));
    }
    let referencia = nueva.referencia.map(|r| r.trim().to_owned()).filter(|r| !r.is_empty());
    if referencia.as_ref().is_some_and(|r| r.chars().count() > 200) {
        let motivo = "Hasta 200 caracteres.";
        return Err(Error::campo("referencia", "referencia_invalida", motivo));
    }
    Ok(NuevaDevolucion { motivo: motivo("motivo", &nueva.motivo)?, referencia, ..nueva })
}

fn too_much(pago: &Pago, libre: i64) -> Error {
    let libre = Dinero::new(libre.max(0), pago.moneda);
    let detalle = format!(
        "De {} quedan {libre} sin aplicar ni prometidos a otra devolución. Para devolver más, \
         primero desaplicar el pago.",
        pago.codigo()
    );
    Error::conflicto("devolucion_excede", detalle)
}

async fn drafted(
    tx: &Tx,
    cx: &Cx,
    pago: &Pago,
    (nueva, espera): (&NuevaDevolucion, bool),
) -> Result<Devolucion, Error> {
    let hecha = !espera;
    Ok(Devolucion {
        id: cx.new_id(),
        numero: tx.take_numbers("devoluciones", 1).await?,
        pago_id: pago.id,
        cliente_id: pago.cliente_id,
        moneda: pago.moneda,
        monto: nueva.monto,
        medio: nueva.medio,
        motivo: nueva.motivo.clone(),
        referencia: nueva.referencia.clone(),
        estado: if espera { EstadoDevolucion::Pendiente } else { EstadoDevolucion::Hecha },
        solicitado: cx.now(),
        solicitado_por: cx.actor().to_owned(),
        resuelto: hecha.then(|| cx.now()),
        resuelto_por: hecha.then(|| cx.actor().to_owned()),
        respuesta: None,
    })
}

/// Account from which the money leaves.
fn account(pago: &Pago, medio: Medio) -> Cuenta {
    match (pago.origen, medio) {
        (OrigenPago::Pasarela, m) if m == pago.medio => Cuenta::Pasarela,
        (_, Medio::Efectivo) => Cuenta::Caja,
        _ => Cuenta::Banco,
    }
}

async fn withdraw(tx: &Tx, cx: &Cx, pago: &Pago, d: &Devolucion) -> Result<(), Error> {
    let cuenta = account(pago, d.medio);
    withdraw_abono(tx, cx, pago.id.uuid(), d.monto, cuenta).await.map_err(Error::from)
}

/// Takes the payment off what it settles, gives the money back, and settles again what still can
/// be, oldest first.
async fn make_room(tx: &Tx, cx: &Cx, pago: &Pago, monto: i64) -> Result<(), Error> {
    let antes = pagos::aplicado_a(tx, pago.id).await?;
    let abono = pago.id.uuid();
    unapply_abono(tx, cx, abono, "Devolución de la pasarela").await?;
    withdraw_abono(tx, cx, abono, monto, account(pago, pago.medio)).await?;
    let partida = |a: pagos::AplicadoA| Partida {
        factura_id: a.factura_id,
        linea: Some(a.linea),
        monto: a.monto,
    };
    let otra_vez = Destino::Explicito(antes.into_iter().map(partida).collect());
    apply_abono(tx, cx, abono, otra_vez).await?;
    Ok(())
}

/// Cash leaves a drawer; the trail and the event tell it.
async fn leave(tx: &Tx, cx: &Cx, pago: &Pago, d: &Devolucion) -> Result<(), Error> {
    if d.medio.is_efectivo() {
        let salida = Salida {
            clase: ClaseMovimiento::Devolucion,
            medio: d.medio,
            monto: d.monto,
            motivo: &d.motivo,
        };
        take_out(tx, cx, pago, &salida).await?;
    }
    let registro = Registro::new("pago.devolver", "pago", pago.id);
    let antes = super::record_pago::photo(pago);
    audit(tx, cx, registro.antes(antes).despues(photo(d))).await?;
    tx.emit(cx, &PagoDevuelto::of(pago, d.monto)).await.map_err(Error::from)
}

/// Approves a refund that waits: the money leaves now.
///
/// Errors: `NotFound`; 409 `devolucion_resuelta` if it does not wait; `Estado`;
/// 409 `devolucion_excede` if the money was applied meanwhile; `SinTurno`; `Storage`.
pub async fn approve_devolucion(tx: &Tx, cx: &Cx, id: DevolucionId) -> Result<Devolucion, Error> {
    let pedida = devoluciones::by_id(tx, id).await?.ok_or(Error::NotFound("devolucion"))?;
    let pago = open_vigente(tx, pedida.pago_id).await?;
    if !devoluciones::resolve(tx, cx, id, (EstadoDevolucion::Hecha, None)).await? {
        return Err(resolved(&pedida));
    }
    if pedida.monto > pago.a_favor() {
        return Err(too_much(&pago, pago.a_favor()));
    }
    withdraw(tx, cx, &pago, &pedida).await?;
    let hecha = devoluciones::by_id(tx, id).await?.ok_or(Error::NotFound("devolucion"))?;
    leave(tx, cx, &pago, &hecha).await?;
    Ok(hecha)
}

/// Refuses a refund that waits, with what is answered to whoever asked.
///
/// Errors: `NotFound`; 409 `devolucion_resuelta`; `Refused` without reason; `Storage`.
pub async fn reject_devolucion(
    tx: &Tx,
    cx: &Cx,
    id: DevolucionId,
    respuesta: &str,
) -> Result<Devolucion, Error> {
    let respuesta = motivo("respuesta", respuesta)?;
    let pedida = devoluciones::by_id(tx, id).await?.ok_or(Error::NotFound("devolucion"))?;
    open(tx, pedida.pago_id).await?;
    let destino = (EstadoDevolucion::Rechazada, Some(respuesta.as_str()));
    if !devoluciones::resolve(tx, cx, id, destino).await? {
        return Err(resolved(&pedida));
    }
    let rechazada = devoluciones::by_id(tx, id).await?.ok_or(Error::NotFound("devolucion"))?;
    let registro = Registro::new("devolucion.rechazar", "devolucion", id);
    audit(tx, cx, registro.antes(photo(&pedida)).despues(photo(&rechazada))).await?;
    Ok(rechazada)
}

fn resolved(d: &Devolucion) -> Error {
    let detalle = format!("La devolución {} ya está resuelta. No se hizo dos veces.", d.codigo());
    Error::conflicto("devolucion_resuelta", detalle)
}

fn photo(d: &Devolucion) -> Value {
    json!({
        "numero": d.codigo(),
        "pago_id": d.pago_id,
        "monto": Dinero::new(d.monto, d.moneda).to_string(),
        "medio": d.medio,
        "motivo": d.motivo,
        "estado": d.estado,
        "respuesta": d.respuesta,
    })
}
