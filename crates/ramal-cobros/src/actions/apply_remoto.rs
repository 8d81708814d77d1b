//! What a payment at a gateway does here, in one transaction: the monotonic machines, the judgment
//! of whose it is, the payment recorded once, refunds and chargebacks, or the queue of a person.
//! It believes only what was read from the gateway.

use ramal_base::dinero::format_centavos;
use ramal_base::{Cx, Instante};
use ramal_db::{Db, Tx};
use ramal_pagos::PagoId;
use ramal_pasarelas::{Esperado, EstadoCobro, EstadoRemoto, judge};
use serde_json::json;

use super::asiento;
use crate::cobro::{Estado, Fila};
use crate::events::{CobroAcreditado, CobroCambiado, PagoEnCuarentena};
use crate::maquina::{self, Alcance};
use crate::storage::cobros;
use crate::storage::cuarentena::{self, Cuarentena, Decision};
use crate::storage::remotos::{self, Remoto};
use crate::{CobroId, Error};

/// A payment as it was read from its gateway.
#[derive(Clone, Copy, Debug)]
pub struct Visto<'a> {
    /// Code of the gateway.
    pub pasarela: &'a str,
    /// Account that must collect there.
    pub cuenta: &'a str,
    /// What it told.
    pub remoto: &'a EstadoRemoto,
    /// When the question was asked.
    pub leido: Instante,
}

/// What applying a payment gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aplicado {
    /// Cobro that it names, if there is one.
    pub cobro: Option<CobroId>,
    /// Payment in the ledger, if there is one.
    pub pago: Option<PagoId>,
    /// Whether it waits for a person.
    pub en_cuarentena: bool,
}

/// Applies what was read of a payment, in a transaction of its own. What the slice of payments
/// refuses to record goes to the queue with its reason: money is never dropped.
///
/// Errors: `Storage`; then nothing happened and it may be repeated.
pub async fn take_in(db: &Db, cx: &Cx, visto: &Visto<'_>) -> Result<Aplicado, Error> {
    let tx = db.begin().await?;
    match apply_remoto(&tx, cx, visto).await {
        Ok(aplicado) => {
            tx.commit().await?;
            Ok(aplicado)
        }
        Err(Error::Storage(error)) => Err(error.into()),
        Err(error) => {
            tx.rollback().await?;
            tracing::error!(%error, pasarela = visto.pasarela, "a payment could not be recorded");
            set_aside(db, cx, visto).await
        }
    }
}

/// Puts in the queue what could not be recorded.
async fn set_aside(db: &Db, cx: &Cx, visto: &Visto<'_>) -> Result<Aplicado, Error> {
    let tx = db.begin().await?;
    let cobro = named(&tx, visto.remoto).await?;
    let id = cobro.as_ref().map(|c| c.id);
    let mut fila = remotos::ensure(&tx, cx, (visto.pasarela, id), visto.remoto).await?;
    merge(&mut fila, visto.remoto)?;
    remotos::update(&tx, visto.leido, (&fila, visto.remoto)).await?;
    quarantine(&tx, cx, (&fila, id), &["asiento_rechazado".to_owned()]).await?;
    tx.commit().await?;
    Ok(Aplicado { cobro: id, pago: None, en_cuarentena: true })
}

/// Applies what was read of a payment. However often and in whatever order it is told, the payment
/// is recorded once and every refund once.
///
/// Errors: `Refused` if the slice of payments refuses it, `Storage`. Emits `CobroAcreditado`,
/// `CobroCambiado` or `PagoEnCuarentena`.
pub async fn apply_remoto(tx: &Tx, cx: &Cx, visto: &Visto<'_>) -> Result<Aplicado, Error> {
    let remoto = visto.remoto;
    let cobro = named(tx, remoto).await?;
    let id = cobro.as_ref().map(|c| c.id);
    let mut fila = remotos::ensure(tx, cx, (visto.pasarela, id), remoto).await?;
    merge(&mut fila, remoto)?;
    fila.cobro_id = fila.cobro_id.or(id);
    let mut en_cuarentena = recovered(tx, cx, (&fila, id), visto).await?;
    if fila.estado()?.was_acreditado() {
        match (fila.pago_id, differences(cobro.as_ref(), visto)) {
            (Some(pago), _) => follow(tx, cx, (cobro.as_ref(), pago), &mut fila).await?,
            (None, motivos) if motivos.is_empty() => {
                if let Some(cobro) = &cobro {
                    record(tx, cx, cobro, &mut fila).await?;
                }
            }
            (None, motivos) => {
                quarantine(tx, cx, (&fila, id), &motivos).await?;
                en_cuarentena = true;
            }
        }
    }
    remotos::update(tx, visto.leido, (&fila, remoto)).await?;
    if let Some(cobro) = &cobro {
        move_cobro(tx, cx, cobro).await?;
    }
    let pago = fila.pago_id.map(PagoId::from_uuid);
    Ok(Aplicado { cobro: id, pago, en_cuarentena })
}

/// The cobro that a payment names, locked.
async fn named(tx: &Tx, remoto: &EstadoRemoto) -> Result<Option<Fila>, Error> {
    let id: Option<CobroId> = remoto.externa.as_deref().and_then(|texto| texto.parse().ok());
    match id {
        Some(id) => Ok(cobros::lock(tx, id).await?),
        None => Ok(None),
    }
}

/// Money that a chargeback took and that the gateway says is ours again: a person decides, because
/// its first payment is closed in the ledger. Only an answer to a later question counts: an earlier
/// one may tell how it was before the chargeback.
async fn recovered(
    tx: &Tx,
    cx: &Cx,
    (fila, cobro): (&Remoto, Option<CobroId>),
    visto: &Visto<'_>,
) -> Result<bool, Error> {
    let ganado = fila.contracargo && visto.remoto.estado == EstadoCobro::Acreditado;
    if !ganado || visto.leido <= fila.leido {
        return Ok(false);
    }
    let referencia = format!("{}#recuperado", fila.referencia);
    let remoto = EstadoRemoto { referencia, devuelto: 0, ..visto.remoto.clone() };
    let mut otra = remotos::ensure(tx, cx, (visto.pasarela, cobro), &remoto).await?;
    merge(&mut otra, &remoto)?;
    remotos::update(tx, visto.leido, (&otra, &remoto)).await?;
    if otra.pago_id.is_none() {
        quarantine(tx, cx, (&otra, cobro), &["contracargo_ganado".to_owned()]).await?;
    }
    Ok(otra.pago_id.is_none())
}

/// What is known of a payment after it was seen once more: it never goes back.
fn merge(fila: &mut Remoto, visto: &EstadoRemoto) -> Result<(), Error> {
    let estado = maquina::advance(fila.estado()?, visto.estado);
    fila.estado = estado.codigo().to_owned();
    if fila.pago_id.is_none() {
        fila.importe = visto.importe;
        visto.moneda.codigo().clone_into(&mut fila.moneda);
    }
    let entero = estado == EstadoCobro::Devuelto && visto.devuelto == 0;
    let devuelto = if entero { visto.importe } else { visto.devuelto };
    fila.devuelto = fila.devuelto.max(devuelto.min(fila.importe));
    fila.acreditado = fila.acreditado.or(visto.acreditado);
    fila.comision = visto.comision.or(fila.comision);
    fila.medio = visto.medio.clone().or(fila.medio.take());
    Ok(())
}

/// Why a payment is not the one that was asked for; empty if it is. Source: integrations.md 2.1.
fn differences(cobro: Option<&Fila>, visto: &Visto<'_>) -> Vec<String> {
    let Some(cobro) = cobro else {
        let motivo = match visto.remoto.externa {
            Some(_) => "cobro_desconocido",
            None => "sin_referencia",
        };
        return vec![motivo.to_owned()];
    };
    if cobro.pasarela != visto.pasarela {
        return vec!["otra_pasarela".to_owned()];
    }
    let Ok(moneda) = cobro.moneda() else { return vec!["moneda_distinta".to_owned()] };
    let externa = cobro.id.to_string();
    let esperado =
        Esperado { externa: &externa, importe: cobro.monto, moneda, cuenta: visto.cuenta };
    match judge(&esperado, visto.remoto) {
        Ok(()) => Vec::new(),
        Err(lista) => lista.iter().map(|d| d.codigo().to_owned()).collect(),
    }
}

/// Records the payment of a cobro. One that waited because it could not be recorded leaves the
/// queue; one that a person dismissed stays dismissed.
async fn record(tx: &Tx, cx: &Cx, cobro: &Fila, fila: &mut Remoto) -> Result<(), Error> {
    let espera = cuarentena::estado_of(tx, &fila.pasarela, &fila.referencia).await?;
    if espera.as_ref().is_some_and(|(_, estado)| estado == "descartada") {
        return Ok(());
    }
    let partidas = cobros::partidas(tx, cobro.id).await?;
    let destino = asiento::destination(tx, &partidas).await?;
    let medio = asiento::medio_of(cobro.medio().ok(), fila.medio.as_deref());
    let pago = asiento::post_pago(tx, cx, fila, (cobro.cliente_id, medio), destino).await?;
    fila.pago_id = Some(pago.uuid());
    if let Some((id, _)) = espera {
        let decision = Decision {
            estado: "asignada",
            cliente_id: Some(cobro.cliente_id),
            factura_id: None,
            pago_id: fila.pago_id,
            razon: None,
        };
        cuarentena::decide(tx, cx, id, &decision).await?;
    }
    let detalle = json!({
        "pago_id": pago, "monto": fila.importe, "comision": fila.comision,
        "referencia": fila.referencia,
    });
    cobros::append(tx, cx, cobro.id, ("pago", detalle)).await?;
    let evento = CobroAcreditado {
        cobro_id: cobro.id,
        cliente_id: cobro.cliente_id,
        pago_id: pago.uuid(),
        importe: format_centavos(fila.importe),
        moneda: fila.moneda.clone(),
    };
    tx.emit(cx, &evento).await?;
    post_losses(tx, cx, (cobro, pago), fila).await
}

/// Refunds and chargebacks of a payment that is in the ledger, also of one that a person assigned.
async fn follow(
    tx: &Tx,
    cx: &Cx,
    (cobro, pago): (Option<&Fila>, uuid::Uuid),
    fila: &mut Remoto,
) -> Result<(), Error> {
    let pago = PagoId::from_uuid(pago);
    if let Some(cobro) = cobro {
        return post_losses(tx, cx, (cobro, pago), fila).await;
    }
    let medio = asiento::medio_of(None, fila.medio.as_deref());
    asiento::catch_up(tx, cx, (pago, medio), fila).await.map(|_| ())
}

async fn post_losses(
    tx: &Tx,
    cx: &Cx,
    (cobro, pago): (&Fila, PagoId),
    fila: &mut Remoto,
) -> Result<(), Error> {
    let medio = asiento::medio_of(cobro.medio().ok(), fila.medio.as_deref());
    let Some(paso) = asiento::catch_up(tx, cx, (pago, medio), fila).await? else { return Ok(()) };
    let detalle = json!({ "pago_id": pago, "devuelto": fila.devuelto });
    cobros::append(tx, cx, cobro.id, (paso, detalle)).await?;
    Ok(())
}

/// Puts a payment in the queue of a person, once.
pub(super) async fn quarantine(
    tx: &Tx,
    cx: &Cx,
    (fila, cobro): (&Remoto, Option<CobroId>),
    motivos: &[String],
) -> Result<(), Error> {
    let nueva = Cuarentena {
        id: cx.new_id(),
        pasarela: fila.pasarela.clone(),
        referencia: fila.referencia.clone(),
        motivos: motivos.join(","),
        estado: "abierta".to_owned(),
        importe: Some(fila.importe),
        moneda: Some(fila.moneda.clone()),
        acreditado: fila.acreditado,
        cobro_id: cobro,
        cliente_id: None,
        factura_id: None,
        pago_id: None,
        razon: None,
        actor: None,
        creado: cx.now(),
        resuelto: None,
    };
    if !cuarentena::put(tx, &nueva).await? {
        return Ok(());
    }
    if let Some(cobro) = cobro {
        let detalle = json!({ "motivos": motivos, "monto": fila.importe });
        cobros::append(tx, cx, cobro, ("cuarentena", detalle)).await?;
    }
    let cuarentena_id = nueva.id.uuid();
    let (pasarela, motivos) = (nueva.pasarela, motivos.to_vec());
    tx.emit(cx, &PagoEnCuarentena { cuarentena_id, pasarela, motivos }).await?;
    Ok(())
}

/// Moves a cobro to where its payments put it. A payment that waits for a person moves nothing.
pub(super) async fn move_cobro(tx: &Tx, cx: &Cx, cobro: &Fila) -> Result<(), Error> {
    let actual = cobro.estado()?;
    let mut pagos = Vec::new();
    for r in remotos::of_cobro(tx, cobro.id).await? {
        let estado = r.estado()?;
        if estado.was_acreditado() && r.pago_id.is_none() {
            continue;
        }
        let mismo = cobro.referencia.as_deref() == Some(r.referencia.as_str());
        pagos.push((estado, if mismo { Alcance::Entero } else { Alcance::Intento }));
    }
    let nuevo = maquina::cobro_after(actual, &pagos);
    if nuevo == actual {
        return Ok(());
    }
    let acreditado = (nuevo == Estado::Acreditado).then(|| cx.now());
    cobros::set_estado(tx, cx, cobro.id, (nuevo, acreditado)).await?;
    cobros::append(tx, cx, cobro.id, (nuevo.as_str(), json!({}))).await?;
    if nuevo != Estado::Acreditado {
        let (cobro_id, cliente_id) = (cobro.id, cobro.cliente_id);
        tx.emit(cx, &CobroCambiado { cobro_id, cliente_id, estado: nuevo }).await?;
    }
    Ok(())
}
