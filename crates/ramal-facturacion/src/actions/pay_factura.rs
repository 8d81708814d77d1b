//! Settling an invoice by hand. Partial payments and balances belong to the slice of payments.

use ramal_base::{Cx, Fecha, Instante, Zona};
use ramal_db::{DbError, Tx};
use ramal_fiscal::Tipo;
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_plataforma::{EmisorId, Registro, audit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::create_factura::checked_means;
use super::partes::open;
use crate::events::FacturaPagada;
use crate::factura::FacturaFila;
use crate::jobs::TRABAJO_REP;
use crate::storage::cambios;
use crate::{ClaseFactura, Error, EstadoFactura, FacturaId};

/// Cuerpo de `PATCH /facturacion/{uuid}/pagar`; todo es opcional.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosPago {
    /// Día en que entró el dinero; hoy si no se dice.
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-20")]
    pub fecha: Option<Fecha>,
    /// Medio de pago, c_FormaPago; `03` transferencia si no se dice.
    #[schema(example = "03")]
    pub forma_pago: Option<String>,
    /// Número de la operación, hasta 100 caracteres.
    #[schema(example = "SPEI-8841")]
    pub operacion: Option<String>,
}

/// How an invoice was paid, as it is kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct PagoGuardado {
    pub(crate) fecha: Fecha,
    pub(crate) forma_pago: String,
    pub(crate) operacion: Option<String>,
    /// Amount that settled it, minor units.
    pub(crate) importe: i64,
}

/// Settles an invoice whole; a CFDI on credit also gets its REP from a job.
///
/// Errors: `NotFound`, `Estado` if voided, `Refused`, `Storage`. A paid one stays as it was paid.
/// Emits `FacturaPagada`.
pub async fn pay_factura(
    tx: &Tx,
    cx: &Cx,
    factura: FacturaId,
    datos: DatosPago,
) -> Result<(), Error> {
    let fila = open(tx, factura.uuid()).await?;
    match (EstadoFactura::parse(&fila.estado), ClaseFactura::parse(&fila.clase)) {
        (_, Some(ClaseFactura::NotaCredito)) => {
            let detalle = "Una nota de crédito no se cobra.";
            return Err(Error::conflicto("nota_no_se_cobra", detalle));
        }
        (Some(EstadoFactura::Pagada), _) => return Ok(()),
        (Some(EstadoFactura::Emitida), _) => {}
        (Some(EstadoFactura::Anulada), _) => return Err(Error::Estado("anulada")),
        _ => return Err(Error::Estado("en borrador")),
    }
    let emisor = ramal_plataforma::emisor(tx, EmisorId::from_uuid(fila.emisor_id)).await?;
    let pago = checked(cx, &fila, &emisor.zona(), &datos)?;
    let pagada = instant(cx, &emisor.zona(), pago.fecha);
    let guardado = serde_json::to_string(&pago).map_err(|_| DbError::Corrupt("a payment"))?;
    cambios::set_pagada(tx, factura.uuid(), pagada, guardado).await?;
    if pago.importe > 0 && is_ppd(&fila, &emisor.zona()) {
        let trabajo = NuevoTrabajo::new(TRABAJO_REP, json!({ "factura_id": factura }));
        enqueue(tx, cx, trabajo.with_clave(factura.to_string())).await?;
    }
    let registro = Registro::new("factura.pagar", "factura", factura);
    audit(tx, cx, registro.despues(json!(pago))).await?;
    let evento = FacturaPagada {
        factura_id: factura,
        cliente_id: fila.cliente_id,
        importe: ramal_base::dinero::format_centavos(pago.importe),
        moneda: fila.moneda,
    };
    tx.emit(cx, &evento).await.map_err(Error::from)
}

fn checked(
    cx: &Cx,
    fila: &FacturaFila,
    zona: &Zona,
    datos: &DatosPago,
) -> Result<PagoGuardado, Error> {
    let hoy = zona.fecha(cx.now());
    let fecha = datos.fecha.unwrap_or(hoy);
    if fecha > hoy || fecha < hoy.plus_dias(-3660) {
        let motivo = "El día del pago no puede ser futuro.";
        return Err(Error::campo("fecha", "fecha_invalida", motivo));
    }
    let operacion = datos.operacion.as_deref().map(str::trim).filter(|o| !o.is_empty());
    if operacion.is_some_and(|o| o.chars().count() > 100 || o.chars().any(|c| c == '|')) {
        let motivo = "El número de operación lleva hasta 100 caracteres, sin la barra |.";
        return Err(Error::campo("operacion", "operacion_invalida", motivo));
    }
    let forma_pago = checked_means(datos.forma_pago.as_deref())?.unwrap_or_else(|| "03".into());
    let operacion = operacion.map(str::to_owned);
    Ok(PagoGuardado { fecha, forma_pago, operacion, importe: fila.saldo() })
}

/// Today's payments happened now; those of another day, at its noon.
fn instant(cx: &Cx, zona: &Zona, fecha: Fecha) -> Instante {
    if fecha == zona.fecha(cx.now()) {
        return cx.now();
    }
    zona.instante(&format!("{fecha}T12:00:00")).unwrap_or(cx.now())
}

/// Whether its CFDI says that it is owed (PPD), which obliges to a REP (cfdi.md 1).
pub(super) fn is_ppd(fila: &FacturaFila, zona: &Zona) -> bool {
    fila.tipo == Tipo::Ingreso.codigo() && fila.vencimiento > zona.fecha(fila.emitida)
}
