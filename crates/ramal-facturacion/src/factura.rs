//! The commercial document: its kinds, states and lines. It becomes legal through a comprobante.

use ramal_base::{Fecha, Id, Instante};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Marker of invoice ids.
pub struct FacturaMarca;

/// Identifier of an invoice or note.
pub type FacturaId = Id<FacturaMarca>;

/// Kind of commercial document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaseFactura {
    /// Charges.
    Factura,
    /// Reduces an issued factura.
    NotaCredito,
    /// Adds to an issued factura.
    NotaDebito,
    /// Charges without a legal document of their own.
    Recibo,
}

impl ClaseFactura {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaseFactura::Factura => "factura",
            ClaseFactura::NotaCredito => "nota_credito",
            ClaseFactura::NotaDebito => "nota_debito",
            ClaseFactura::Recibo => "recibo",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<ClaseFactura> {
        use ClaseFactura::{Factura, NotaCredito, NotaDebito, Recibo};
        [Factura, NotaCredito, NotaDebito, Recibo].into_iter().find(|c| c.as_str() == texto)
    }
}

/// Code kept in `tipo` for a recibo, which no authority knows.
pub const TIPO_RECIBO: &str = "R";

/// State of the commercial document (F-07).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EstadoFactura {
    /// Not numbered yet; may change.
    Borrador,
    /// Numbered; never changes again.
    Emitida,
    /// Voided or wholly credited.
    Anulada,
    /// Settled.
    Pagada,
}

impl EstadoFactura {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoFactura::Borrador => "borrador",
            EstadoFactura::Emitida => "emitida",
            EstadoFactura::Anulada => "anulada",
            EstadoFactura::Pagada => "pagada",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<EstadoFactura> {
        use EstadoFactura::{Anulada, Borrador, Emitida, Pagada};
        [Borrador, Emitida, Anulada, Pagada].into_iter().find(|e| e.as_str() == texto)
    }
}

/// Invoice as it lies in its table.
#[derive(Clone, Debug, ramal_db::FromQueryResult)]
pub struct FacturaFila {
    /// Identifier.
    pub id: FacturaId,
    /// Who issues.
    pub emisor_id: Uuid,
    /// Whose it is.
    pub cliente_id: Uuid,
    /// Run that made it, if any.
    pub corrida_id: Option<Uuid>,
    /// Kind: see [`ClaseFactura`].
    pub clase: String,
    /// Code of the legal document, or [`TIPO_RECIBO`].
    pub tipo: String,
    /// Serie.
    pub serie: String,
    /// Folio.
    pub folio: i64,
    /// Day of issue.
    pub fecha: Fecha,
    /// Instant of issue.
    pub emitida: Instante,
    /// Due day.
    pub vencimiento: Fecha,
    /// Currency.
    pub moneda: String,
    /// Before taxes, minor units.
    pub subtotal: i64,
    /// Taxes, minor units.
    pub impuestos: i64,
    /// Amount due, minor units.
    pub total: i64,
    /// Credited by notes, minor units.
    pub acreditado: i64,
    /// State: see [`EstadoFactura`].
    pub estado: String,
    /// JSON of the receiver on the day of issue.
    pub receptor: String,
    /// Factura that a note corrects.
    pub relacionada_id: Option<Uuid>,
    /// Reason of a note: code and words.
    pub motivo: Option<String>,
    /// Its legal document, once signed.
    pub comprobante_id: Option<Uuid>,
    /// When it was settled.
    pub pagada: Option<Instante>,
    /// c_FormaPago of a sale paid at issue, if one was named.
    pub forma_pago: Option<String>,
    /// Grows by one with every change.
    pub version: i64,
    /// Settled by payments, minor units.
    pub aplicado: i64,
}

impl FacturaFila {
    /// Printed number.
    pub fn numero(&self) -> String {
        format!("{}-{}", self.serie, self.folio)
    }

    /// Still owed, minor units; never below zero.
    pub fn saldo(&self) -> i64 {
        (self.total - self.acreditado - self.aplicado).max(0)
    }
}

/// Line of an invoice as it lies in its table.
#[derive(Clone, Debug, ramal_db::FromQueryResult)]
pub struct LineaFila {
    /// Its invoice.
    pub factura_id: FacturaId,
    /// Position, from 1.
    pub linea: i32,
    /// Service that it charges, if any.
    pub servicio_id: Option<Uuid>,
    /// Kind of charge.
    pub clase: String,
    /// What the customer reads.
    pub descripcion: String,
    /// Own code of the product.
    pub codigo: Option<String>,
    /// c_ClaveProdServ / UNSPSC.
    pub clave_prod_serv: Option<String>,
    /// c_ClaveUnidad / unit.
    pub clave_unidad: Option<String>,
    /// Units.
    pub cantidad: i64,
    /// Price of the whole line as sold, minor units.
    pub importe: i64,
    /// Whether `importe` has the taxes inside.
    pub impuesto_incluido: bool,
    /// Tax treatment.
    pub impuesto: String,
    /// With taxes, minor units.
    pub total: i64,
    /// Credited so far, as sold, minor units.
    pub acreditado: i64,
    /// First day of the period.
    pub periodo_desde: Option<Fecha>,
    /// First day after the period.
    pub periodo_hasta: Option<Fecha>,
    /// Its share of the invoice's total, minor units.
    pub cobrable: i64,
    /// Taken off `cobrable` by credits, minor units.
    pub rebajado: i64,
    /// Settled by payments, minor units.
    pub aplicado: i64,
}

impl LineaFila {
    /// Still owed, minor units.
    pub fn abierto(&self) -> i64 {
        self.cobrable - self.rebajado - self.aplicado
    }

    /// The line for a legal document. None if its tax treatment is not one that Ramal knows.
    pub fn neutral(&self) -> Option<ramal_fiscal::Linea> {
        Some(ramal_fiscal::Linea {
            descripcion: self.descripcion.clone(),
            codigo: self.codigo.clone(),
            clave_prod_serv: self.clave_prod_serv.clone(),
            clave_unidad: self.clave_unidad.clone(),
            cantidad: self.cantidad,
            importe: self.importe,
            impuesto_incluido: self.impuesto_incluido,
            impuesto: ramal_fiscal::Impuesto::parse(&self.impuesto)?,
        })
    }
}
