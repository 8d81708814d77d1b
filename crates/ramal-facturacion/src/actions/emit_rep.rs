//! The REPs (CFDI de pago) of an invoice on credit: one per application, whoever asks and how
//! often. Decides no application. Source: cfdi.md 8.5, 9.

use std::sync::Arc;

use ramal_base::Cx;
use ramal_db::{DbError, Tx};
use ramal_fiscal::comprobante::{ComprobanteMarca, PagoDe, PartidaPago};
use ramal_fiscal::{
    Comprobante, ComprobanteId, Contenido, EmisorFiscal, Estado, Firmante, Linea, Origen, Tipo,
    emision, prepare, series,
};
use uuid::Uuid;

use super::partes::open;
use crate::Error;
use crate::cobro::rep::{self, RepFila};
use crate::corrida::Contexto;
use crate::corrida::papel;
use crate::corrida::publicacion::refused;
use crate::factura::FacturaFila;
use crate::storage::facturas;

/// What became of a request for REPs, or for the cancellation of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rep {
    /// Numbered, sealed and queued now; or its cancellation was asked for.
    Emitido,
    /// It was done already, or none is due.
    Nada,
    /// The document before it is not with its authority yet.
    Espera,
}

/// Kind of origin of a REP: the application of money, named by its row in `reps`.
const ORIGEN: &str = "pago";

/// Issues the REPs that an invoice waits for, in the order of its applications, in this
/// transaction.
///
/// Errors: `Fiscal` if a document cannot be made, `Storage`.
pub async fn emit_rep(
    tx: &Tx,
    cx: &Cx,
    ctx: &Contexto,
    firmante: &Firmante,
    factura: Uuid,
) -> Result<Rep, Error> {
    let fila = open(tx, factura).await?;
    let emisor = ctx.emisor(fila.emisor_id).ok_or(Error::NotFound("emisor"))?.clone();
    let pendientes = rep::pending(tx, factura).await?;
    if pendientes.is_empty() {
        return Ok(Rep::Nada);
    }
    let con_uuid = facturas::con_uuid(tx, &[factura]).await?;
    let Some(uuid) = con_uuid.into_iter().next().and_then(|(_, uuid)| uuid) else {
        return Ok(Rep::Espera);
    };
    for pedido in pendientes {
        let parcialidad = rep::standing(tx, factura).await? + 1;
        let parcialidad = u16::try_from(parcialidad).unwrap_or(u16::MAX);
        let folios = series::take_folios(tx, emisor.id, Tipo::Pago, None, 1).await?;
        let de = (&fila, emisor.clone());
        let comprobante = document(tx, cx, de, (uuid.clone(), &pedido, parcialidad)).await?;
        let id = comprobante.id.uuid();
        let mut preparado = prepare(comprobante)?;
        preparado.number(&folios.serie, folios.primero);
        emision::store(tx, cx, vec![preparado.seal(firmante)?]).await?;
        rep::set_emitido(tx, pedido.id, (id, i32::from(parcialidad))).await?;
    }
    Ok(Rep::Emitido)
}

async fn document(
    tx: &Tx,
    cx: &Cx,
    (fila, emisor): (&FacturaFila, Arc<EmisorFiscal>),
    (uuid, pedido, parcialidad): (String, &RepFila, u16),
) -> Result<Comprobante, Error> {
    let corrupt = |que: &'static str| Error::Storage(DbError::Corrupt(que));
    let lineas = facturas::lineas(tx, &[fila.id.uuid()]).await?;
    let lineas: Option<Vec<Linea>> = lineas.iter().map(|l| l.neutral()).collect();
    let relacion = papel::relation(fila, Some(uuid), &emisor, "Pago").map_err(refused)?;
    let partida = PartidaPago {
        factura: relacion.ok_or(corrupt("a recibo has no REP"))?,
        lineas: lineas.ok_or(corrupt("line of a factura"))?,
        total: fila.total,
        parcialidad,
        saldo_anterior: pedido.saldo_anterior,
        pagado: pedido.importe,
    };
    Ok(Comprobante {
        id: cx.new_id::<ComprobanteMarca>(),
        emisor,
        cliente_id: Some(fila.cliente_id),
        origen: Origen { tipo: ORIGEN, id: pedido.id },
        tipo: Tipo::Pago,
        serie: String::new(),
        folio: 0,
        emitido: cx.now(),
        moneda: fila.moneda.parse().map_err(|_| corrupt("currency of a factura"))?,
        receptor: serde_json::from_str(&fila.receptor).map_err(|_| corrupt("receiver"))?,
        contenido: Contenido::Pagos(vec![PagoDe {
            fecha: format!("{}T12:00:00", pedido.fecha_pago),
            forma: pedido.forma_pago.clone(),
            operacion: pedido.operacion.clone(),
            partidas: vec![partida],
        }]),
    })
}

/// Asks for the cancellation of a REP whose application was undone (Y9), once.
///
/// Errors: `Fiscal` if its authority does not admit it, `Storage`.
pub async fn cancel_rep(tx: &Tx, cx: &Cx, id: Uuid) -> Result<Rep, Error> {
    let Some(pedido) = rep::by_id(tx, id).await?.filter(|r| r.estado == "por_cancelar") else {
        return Ok(Rep::Nada);
    };
    let documento = pedido.comprobante_id.map(ComprobanteId::from_uuid);
    let documento = documento.ok_or(DbError::Corrupt("a REP without document"))?;
    let comprobante = ramal_fiscal::storage::lock(tx, documento).await?;
    let estado = comprobante.map(|c| c.estado()).transpose()?;
    match estado {
        Some(Estado::Aceptado | Estado::AceptadoObs) => {
            let motivo = ramal_fiscal::actions::Motivo {
                codigo: "02".to_owned(),
                sustituto: None,
                texto: "Se deshizo el pago".to_owned(),
            };
            ramal_fiscal::actions::request_baja(tx, cx, documento, motivo).await?;
            rep::set_estado(tx, id, "cancelado").await?;
        }
        None | Some(Estado::Rechazado) => rep::set_estado(tx, id, "sin_efecto").await?,
        Some(Estado::Baja | Estado::BajaPendiente) => {
            rep::set_estado(tx, id, "cancelado").await?;
        }
        Some(_) => return Ok(Rep::Espera),
    }
    Ok(Rep::Emitido)
}
