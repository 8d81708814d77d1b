//! What the slice tells: invoices issued, runs that advance. Events carry numbers and amounts,
//! never the customer's data.

use ramal_base::Fecha;
use ramal_db::Evento;
use serde::Serialize;
use uuid::Uuid;

use crate::FacturaId;

/// An invoice or note took its number.
#[derive(Serialize)]
pub struct FacturaEmitida {
    /// The document.
    pub factura_id: FacturaId,
    /// Whose it is.
    pub cliente_id: Uuid,
    /// Kind: factura, nota_credito…
    pub clase: &'static str,
    /// Printed number.
    pub numero: String,
    /// Total, decimal text.
    pub total: String,
    /// Currency.
    pub moneda: &'static str,
}

impl Evento for FacturaEmitida {
    const TIPO: &'static str = "factura.emitida";
    fn sujeto(&self) -> String {
        format!("factura/{}", self.factura_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.cliente_id)
    }
}

/// An invoice was voided; its charges were taken back.
#[derive(Serialize)]
pub struct FacturaAnulada {
    /// The document.
    pub factura_id: FacturaId,
    /// Whose it is.
    pub cliente_id: Uuid,
}

impl Evento for FacturaAnulada {
    const TIPO: &'static str = "factura.anulada";
    fn sujeto(&self) -> String {
        format!("factura/{}", self.factura_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.cliente_id)
    }
}

/// An invoice was settled.
#[derive(Serialize)]
pub struct FacturaPagada {
    /// The document.
    pub factura_id: FacturaId,
    /// Whose it is.
    pub cliente_id: Uuid,
    /// Amount, decimal text.
    pub importe: String,
    /// Currency.
    pub moneda: String,
}

impl Evento for FacturaPagada {
    const TIPO: &'static str = "factura.pagada";
    fn sujeto(&self) -> String {
        format!("factura/{}", self.factura_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.cliente_id)
    }
}

/// A run moved, or its preview is ready. Told at most once a second, so that a screen may listen.
#[derive(Serialize)]
pub struct CorridaAvanzo {
    /// Day of the run.
    pub fecha: Fecha,
}

impl Evento for CorridaAvanzo {
    const TIPO: &'static str = "corrida.avanzo";
    fn sujeto(&self) -> String {
        format!("corrida/{}", self.fecha)
    }
}

/// Money settled part of an invoice.
#[derive(Serialize)]
pub struct PagoAplicado {
    /// The money.
    pub abono_id: Uuid,
    /// The invoice.
    pub factura_id: FacturaId,
    /// Whose it is.
    pub cliente_id: Uuid,
    /// Amount applied, decimal text.
    pub importe: String,
    /// Currency.
    pub moneda: &'static str,
}

impl Evento for PagoAplicado {
    const TIPO: &'static str = "pago.aplicado";
    fn sujeto(&self) -> String {
        format!("factura/{}", self.factura_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.cliente_id)
    }
}

/// A settled invoice is owed again: its money was taken back or used elsewhere.
#[derive(Serialize)]
pub struct FacturaReabierta {
    /// The document.
    pub factura_id: FacturaId,
    /// Whose it is.
    pub cliente_id: Uuid,
    /// Owed now, decimal text.
    pub importe: String,
    /// Currency.
    pub moneda: String,
}

impl Evento for FacturaReabierta {
    const TIPO: &'static str = "factura.reabierta";
    fn sujeto(&self) -> String {
        format!("factura/{}", self.factura_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.cliente_id)
    }
}
