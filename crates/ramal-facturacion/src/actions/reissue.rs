//! Sending again. A document that may still be accepted keeps its bytes; a refused one is made
//! anew with today's data.
//!
//! The refused document keeps its number and its state; the invoice takes a new number
//! (facturacion.md N4).

use ramal_base::Cx;
use ramal_clientes::ClienteId;
use ramal_db::{DbError, Tx};
use ramal_fiscal::comprobante::ComprobanteMarca;
use ramal_fiscal::{
    Comprobante, ComprobanteId, Contenido, Estado, Firmante, Receptor, Tipo, emision, prepare,
    series,
};
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_plataforma::{Registro, audit};
use serde_json::json;
use uuid::Uuid;

use super::partes::{open, seal_job};
use crate::corrida::plan::Motivo;
use crate::corrida::publicacion::refused;
use crate::corrida::{Contexto, papel, sellado};
use crate::factura::FacturaFila;
use crate::jobs::TRABAJO_REEMITIR;
use crate::storage::{cambios, facturas};
use crate::{Error, EstadoFactura, FacturaId};

/// What a request to send again asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reenvio {
    /// The same bytes go again.
    Mismo,
    /// A new document, with today's data of the customer and a new number.
    Nuevo,
    /// It is waiting for its seal.
    Sellado,
}

/// Sends an invoice again in the way that its legal state allows.
///
/// Errors: `NotFound`; `Estado` if it is voided; `Refused` with 409 if it is accepted, 422 if the
/// data would be refused again; `Storage`.
pub async fn reissue(tx: &Tx, cx: &Cx, factura: FacturaId) -> Result<Reenvio, Error> {
    let fila = open(tx, factura.uuid()).await?;
    if fila.estado == EstadoFactura::Anulada.as_str() {
        return Err(Error::Estado("anulada"));
    }
    if fila.tipo == crate::factura::TIPO_RECIBO {
        let detalle = "Un recibo no tiene documento legal que enviar.";
        return Err(Error::conflicto("recibo_sin_comprobante", detalle));
    }
    let Some(id) = fila.comprobante_id else {
        seal_job(tx, cx, factura.uuid()).await?;
        return Ok(Reenvio::Sellado);
    };
    let id = ComprobanteId::from_uuid(id);
    let comprobante = ramal_fiscal::storage::lock(tx, id).await?;
    let comprobante = comprobante.ok_or(DbError::Corrupt("a factura names no comprobante"))?;
    let hecho = match comprobante.estado()? {
        Estado::Rechazado => renew(tx, cx, &fila).await?,
        Estado::Excepcion if has_new_data(tx, &fila).await? => renew(tx, cx, &fila).await?,
        estado if estado.is_enviable() || estado == Estado::Excepcion => {
            ramal_fiscal::actions::retry_comprobante(tx, cx, id).await?;
            Reenvio::Mismo
        }
        _ => {
            let detalle = "La autoridad ya aceptó este comprobante; no hay nada que reenviar.";
            return Err(Error::conflicto("comprobante_aceptado", detalle));
        }
    };
    let registro = Registro::new("factura.enviar", "factura", factura);
    audit(tx, cx, registro.despues(json!({"nuevo": hecho == Reenvio::Nuevo}))).await?;
    Ok(hecho)
}

/// Judges the data first, so that whoever asks learns at once what is still wrong.
async fn renew(tx: &Tx, cx: &Cx, fila: &FacturaFila) -> Result<Reenvio, Error> {
    let ctx = Contexto::load(tx, super::partes::today(tx, cx).await?).await?;
    let comprobante = document(tx, cx, &ctx, fila).await?;
    let preparado = prepare(comprobante)?;
    if let Some(campo) = preparado.check().into_iter().next() {
        let texto = format!("{} ({}): {}", campo.campo, campo.codigo, campo.motivo);
        return Err(refused(Motivo::new("datos_fiscales", texto)));
    }
    let trabajo = NuevoTrabajo::new(TRABAJO_REEMITIR, json!({ "factura_id": fila.id }));
    let anterior = fila.comprobante_id.unwrap_or_default();
    enqueue(tx, cx, trabajo.with_clave(anterior.to_string())).await?;
    Ok(Reenvio::Nuevo)
}

async fn receiver_today(tx: &Tx, fila: &FacturaFila) -> Result<Receptor, Error> {
    let id = ClienteId::from_uuid(fila.cliente_id);
    let cliente = ramal_clientes::storage::by_id(tx, id).await?;
    Ok(papel::receiver(&cliente.ok_or(Error::NotFound("cliente"))?))
}

async fn has_new_data(tx: &Tx, fila: &FacturaFila) -> Result<bool, Error> {
    let antes: Option<Receptor> = serde_json::from_str(&fila.receptor).ok();
    Ok(antes != Some(receiver_today(tx, fila).await?))
}

/// The invoice's document with today's date and the customer's data of today, without number.
async fn document(
    tx: &Tx,
    cx: &Cx,
    ctx: &Contexto,
    fila: &FacturaFila,
) -> Result<Comprobante, Error> {
    let lineas = facturas::lineas(tx, &[fila.id.uuid()]).await?;
    let relacionada: Vec<Uuid> = fila.relacionada_id.into_iter().collect();
    let relacionada = facturas::con_uuid(tx, &relacionada).await?;
    let comprobante = sellado::neutral(ctx, fila, &lineas, relacionada.first())?;
    let receptor = receiver_today(tx, fila).await?;
    let tipo = match &comprobante.contenido {
        Contenido::Venta { relacion: None, .. } => {
            Tipo::de_venta(comprobante.emisor.pais, &receptor)
        }
        _ => comprobante.tipo,
    };
    let id = cx.new_id::<ComprobanteMarca>();
    Ok(Comprobante { id, tipo, receptor, emitido: cx.now(), ..comprobante })
}

/// Makes the new document of an invoice whose first one was refused: number, seal, store, in this
/// transaction.
///
/// False if there was nothing to do any more. Errors: `Fiscal`, `Storage`.
pub async fn reemit(
    tx: &Tx,
    cx: &Cx,
    ctx: &Contexto,
    firmante: &Firmante,
    factura: Uuid,
) -> Result<bool, Error> {
    let mut fila = open(tx, factura).await?;
    let Some(anterior) = fila.comprobante_id else { return Ok(false) };
    let anterior = ramal_fiscal::storage::lock(tx, ComprobanteId::from_uuid(anterior)).await?;
    let estado = anterior.map(|c| c.estado()).transpose()?;
    let refusado = matches!(estado, Some(Estado::Rechazado | Estado::Excepcion));
    if !refusado || fila.estado == EstadoFactura::Anulada.as_str() {
        return Ok(false);
    }
    let comprobante = document(tx, cx, ctx, &fila).await?;
    let sobre = match &comprobante.contenido {
        Contenido::Venta { relacion: Some(relacion), .. } => Some(relacion.tipo),
        _ => None,
    };
    let emisor = comprobante.emisor.id;
    let folios = series::take_folios(tx, emisor, comprobante.tipo, sobre, 1).await?;
    fila.tipo = comprobante.tipo.codigo().to_owned();
    fila.receptor = serde_json::to_string(&comprobante.receptor)
        .map_err(|_| DbError::Corrupt("receiver of a factura"))?;
    fila.fecha = comprobante.fecha();
    fila.emitida = comprobante.emitido;
    fila.comprobante_id = Some(comprobante.id.uuid());
    let mut preparado = prepare(comprobante)?;
    preparado.number(&folios.serie, folios.primero);
    emision::store(tx, cx, vec![preparado.seal(firmante)?]).await?;
    (fila.serie, fila.folio) = (folios.serie, folios.primero);
    cambios::renumber(tx, &fila).await?;
    Ok(true)
}
