//! Giving back through the gateway: the request is written, the gateway is asked, and what the
//! ledger posts is what the payment says afterwards. It never posts a refund on its own word.

use ramal_base::{Cx, dinero::parse_centavos};
use ramal_db::{Db, Tx};
use ramal_pasarelas::{EstadoDevolucion, FallaPasarela, Pasarela, PedidoDevolucion};
use ramal_plataforma::{Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::ask_gateway::ask_gateway;
use super::cancel_cobro::word;
use super::launch_cobro::clip;
use crate::puerto::Pasarelas;
use crate::storage::cobros;
use crate::storage::devoluciones::{self, Devolucion, DevolucionId};
use crate::storage::remotos::{self, Remoto};
use crate::{CobroId, Error};

/// Cuerpo de `POST /cobros/{id}/devolver`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pedida {
    /// Monto a devolver; sin él, todo lo que queda del pago.
    #[schema(example = "120.00")]
    pub monto: Option<String>,
    /// Por qué, de 5 a 200 caracteres.
    #[schema(example = "Cobro duplicado")]
    pub motivo: String,
}

/// Writes that money of a cobro goes back; [`send_refund`] tells the gateway after the commit.
///
/// Errors: `NotFound`; 409 if it is not paid; 422 if amount or reason do not fit.
pub async fn ask_refund(
    tx: &Tx,
    cx: &Cx,
    id: CobroId,
    pedida: &Pedida,
) -> Result<Devolucion, Error> {
    let fila = cobros::lock(tx, id).await?.ok_or(Error::NotFound("cobro"))?;
    let estado = fila.estado()?;
    if estado != crate::cobro::Estado::Acreditado {
        return Err(Error::Estado(word(estado)));
    }
    let motivo = pedida.motivo.trim();
    if !(5..=200).contains(&motivo.chars().count()) {
        let texto = "Escribir por qué se devuelve, de 5 a 200 caracteres.";
        return Err(Error::campo("motivo", "motivo_requerido", texto));
    }
    let (remoto, queda) = refundable(tx, id).await?;
    let monto = match pedida.monto.as_deref().map(str::trim).filter(|m| !m.is_empty()) {
        None => queda,
        Some(texto) => parse_centavos(texto).unwrap_or(0),
    };
    if monto <= 0 || monto > queda {
        let texto = "Escribir un monto mayor que cero que no pase de lo que queda del pago.";
        return Err(Error::campo("monto", "monto_fuera", texto));
    }
    let devolucion = Devolucion {
        id: cx.new_id(),
        cobro_id: id,
        pasarela: remoto.pasarela,
        referencia: remoto.referencia,
        monto,
        motivo: motivo.to_owned(),
        estado: "pedida".to_owned(),
        falla: None,
        creado: cx.now(),
    };
    devoluciones::insert(tx, cx, &devolucion).await?;
    let detalle = json!({ "monto": monto });
    cobros::append(tx, cx, id, ("devolucion_pedida", detalle.clone())).await?;
    audit(tx, cx, Registro::new("cobro.devolver", "cobro", id).despues(detalle)).await?;
    Ok(devolucion)
}

/// The payment of a cobro with most left to give back, and how much that is.
async fn refundable(tx: &Tx, id: CobroId) -> Result<(Remoto, i64), Error> {
    let mut mejor: Option<(Remoto, i64)> = None;
    for r in remotos::of_cobro(tx, id).await? {
        let Some(pago_id) = r.pago_id.filter(|_| !r.contracargo) else { continue };
        let pedido = devoluciones::asked_of(tx, &r.pasarela, &r.referencia).await?;
        let queda = r.importe - r.devuelto.max(pedido);
        let queda = queda.min(kept(tx, pago_id).await?);
        if queda > mejor.as_ref().map_or(0, |(_, q)| *q) {
            mejor = Some((r, queda));
        }
    }
    mejor.ok_or_else(|| {
        Error::conflicto("nada_por_devolver", "No queda nada de este cobro por devolver.")
    })
}

/// What is left of a payment after everything that went back, also by other doors than the
/// gateway; nothing if it does not count any more.
async fn kept(tx: &Tx, pago: uuid::Uuid) -> Result<i64, Error> {
    let pago = ramal_pagos::pago(tx, pago).await?;
    let vigente = pago.filter(|p| p.estado.is_vigente());
    Ok(vigente.map_or(0, |p| p.monto - p.devuelto))
}

/// Tells the gateway of a refund, or resolves one whose answer never came; gives it as it stands
/// then. The ledger follows what the payment says.
///
/// Speaks to the network, so it takes the database. Repeating it gives nothing back twice: the key
/// is the refund's id.
/// Errors: `NotFound`, `SinPasarela`, `Storage`. A failure of the gateway is a state, not an error.
pub async fn send_refund(
    db: &Db,
    cx: &Cx,
    pasarelas: &dyn Pasarelas,
    id: DevolucionId,
) -> Result<Devolucion, Error> {
    let d = devoluciones::by_id(db, id).await?.ok_or(Error::NotFound("devolucion"))?;
    if matches!(d.estado.as_str(), "hecha" | "rechazada") {
        return Ok(d);
    }
    let pasarela = pasarelas.get(&d.pasarela).ok_or(Error::SinPasarela)?;
    let respuesta = tell(db, pasarela.as_ref(), &d).await?;
    let (estado, remota, falla) = match &respuesta {
        Ok((EstadoDevolucion::Hecha, id)) => ("hecha", Some(id.as_str()), None),
        Ok((EstadoDevolucion::EnProceso, id)) => ("en_proceso", Some(id.as_str()), None),
        Ok((EstadoDevolucion::Fallida, id)) => ("rechazada", Some(id.as_str()), None),
        Err(FallaPasarela::Incierta { motivo }) => ("incierta", None, Some(clip(motivo))),
        Err(falla @ FallaPasarela::Reintentable { .. }) => {
            ("pedida", None, Some(clip(&falla.to_string())))
        }
        Err(falla) => ("rechazada", None, Some(clip(&falla.to_string()))),
    };
    let tx = db.begin().await?;
    devoluciones::set_estado(&tx, cx, id, (estado, remota, falla.as_deref())).await?;
    if estado == "rechazada" {
        cobros::append(&tx, cx, d.cobro_id, ("devolucion_rechazada", json!({}))).await?;
    }
    tx.commit().await?;
    if matches!(estado, "hecha" | "en_proceso") {
        // The posting is told by the payment itself; if it cannot be read now, its notice or the
        // sweeper will.
        if let Err(error) = ask_gateway(db, cx, pasarelas, d.cobro_id).await {
            tracing::warn!(%error, cobro.id = %d.cobro_id, "a refund is not read yet");
        }
    }
    devoluciones::by_id(db, id).await?.ok_or(Error::NotFound("devolucion"))
}

type Dicho = Result<(EstadoDevolucion, String), FallaPasarela>;

/// Asks for the refund; of one in doubt, first what the gateway knows.
async fn tell(db: &Db, pasarela: &dyn Pasarela, d: &Devolucion) -> Result<Dicho, Error> {
    let clave = d.id.to_string();
    if d.estado != "pedida" {
        let conocidas = match pasarela.refunds_of(&d.referencia).await {
            Ok(conocidas) => conocidas,
            Err(falla) => return Ok(Err(doubt(falla))),
        };
        let suya = conocidas.into_iter().find(|r| r.clave.as_deref() == Some(clave.as_str()));
        if let Some(suya) = suya {
            return Ok(Ok((suya.estado, suya.id)));
        }
    }
    let fila = cobros::by_id(db, d.cobro_id).await?.ok_or(Error::NotFound("cobro"))?;
    let pedido = PedidoDevolucion {
        referencia: d.referencia.clone(),
        clave,
        importe: d.monto,
        moneda: fila.moneda()?,
    };
    Ok(pasarela.refund(&pedido).await.map(|r| (r.estado, r.id)))
}

/// A question without an answer leaves the doubt as it was.
fn doubt(falla: FallaPasarela) -> FallaPasarela {
    match falla {
        FallaPasarela::Reintentable { motivo, .. } => FallaPasarela::Incierta { motivo },
        otra => otra,
    }
}
