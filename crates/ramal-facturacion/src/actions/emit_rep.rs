//! The REP (CFDI de pago) of a settled invoice on credit: one, whoever asks and how often. Source:
//! cfdi.md 8.5, 9.

use std::sync::Arc;

use ramal_base::Cx;
use ramal_db::{DbError, Tx};
use ramal_fiscal::comprobante::{ComprobanteMarca, PagoDe, PartidaPago};
use ramal_fiscal::{
    Comprobante, Contenido, EmisorFiscal, Firmante, Linea, Origen, Tipo, emision, prepare, series,
};
use uuid::Uuid;

use super::partes::open;
use super::pay_factura::{PagoGuardado, is_ppd};
use crate::corrida::Contexto;
use crate::corrida::papel;
use crate::corrida::publicacion::refused;
use crate::factura::FacturaFila;
use crate::storage::{cambios, facturas};
use crate::{Error, EstadoFactura};

/// What became of a request for a REP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rep {
    /// Numbered, sealed and queued now.
    Emitido,
    /// It was there already, or none is due.
    Nada,
    /// The invoice has no fiscal UUID yet.
    Espera,
}

/// Kind of origin of a REP: the payment of a factura, named by the factura.
const ORIGEN: &str = "pago";

/// Issues the REP of a settled invoice, once, in this transaction.
///
/// Errors: `Fiscal` if the document cannot be made, `Storage`.
pub async fn emit_rep(
    tx: &Tx,
    cx: &Cx,
    ctx: &Contexto,
    firmante: &Firmante,
    factura: Uuid,
) -> Result<Rep, Error> {
    let fila = open(tx, factura).await?;
    let emisor = ctx.emisor(fila.emisor_id).ok_or(Error::NotFound("emisor"))?.clone();
    let pagada = fila.estado == EstadoFactura::Pagada.as_str();
    if !pagada || !is_ppd(&fila, &emisor.zona) || cambios::has_rep(tx, factura).await? {
        return Ok(Rep::Nada);
    }
    let pago = cambios::pago(tx, factura).await?;
    let pago: Option<PagoGuardado> = pago.and_then(|texto| serde_json::from_str(&texto).ok());
    let pago = pago.ok_or(DbError::Corrupt("payment of a factura"))?;
    if pago.importe <= 0 {
        return Ok(Rep::Nada);
    }
    let con_uuid = facturas::con_uuid(tx, &[factura]).await?;
    let Some(uuid) = con_uuid.into_iter().next().and_then(|(_, uuid)| uuid) else {
        return Ok(Rep::Espera);
    };
    let folios = series::take_folios(tx, emisor.id, Tipo::Pago, None, 1).await?;
    let comprobante = document(tx, cx, (&fila, emisor), (uuid, pago)).await?;
    let mut preparado = prepare(comprobante)?;
    preparado.number(&folios.serie, folios.primero);
    emision::store(tx, cx, vec![preparado.seal(firmante)?]).await?;
    Ok(Rep::Emitido)
}

async fn document(
    tx: &Tx,
    cx: &Cx,
    (fila, emisor): (&FacturaFila, Arc<EmisorFiscal>),
    (uuid, pago): (String, PagoGuardado),
) -> Result<Comprobante, Error> {
    let corrupt = |que: &'static str| Error::Storage(DbError::Corrupt(que));
    let lineas = facturas::lineas(tx, &[fila.id.uuid()]).await?;
    let lineas: Option<Vec<Linea>> = lineas.iter().map(|l| l.neutral()).collect();
    let relacion = papel::relation(fila, Some(uuid), &emisor, "Pago").map_err(refused)?;
    let partida = PartidaPago {
        factura: relacion.ok_or(corrupt("a recibo has no REP"))?,
        lineas: lineas.ok_or(corrupt("line of a factura"))?,
        total: fila.total,
        parcialidad: 1,
        saldo_anterior: pago.importe,
        pagado: pago.importe,
    };
    Ok(Comprobante {
        id: cx.new_id::<ComprobanteMarca>(),
        emisor,
        cliente_id: Some(fila.cliente_id),
        origen: Origen { tipo: ORIGEN, id: fila.id.uuid() },
        tipo: Tipo::Pago,
        serie: String::new(),
        folio: 0,
        emitido: cx.now(),
        moneda: fila.moneda.parse().map_err(|_| corrupt("currency of a factura"))?,
        receptor: serde_json::from_str(&fila.receptor).map_err(|_| corrupt("receiver"))?,
        contenido: Contenido::Pagos(vec![PagoDe {
            fecha: format!("{}T12:00:00", pago.fecha),
            forma: pago.forma_pago,
            operacion: pago.operacion,
            partidas: vec![partida],
        }]),
    })
}
