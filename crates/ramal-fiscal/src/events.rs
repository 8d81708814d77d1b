//! What the slice tells about legal documents. Events carry ids and states, never the receiver's
//! data.

use ramal_base::Instante;
use ramal_db::Evento;
use serde::Serialize;
use uuid::Uuid;

use crate::{ComprobanteId, Estado};

/// The authority accepted or stamped a document.
#[derive(Clone, Serialize)]
pub struct ComprobanteAceptado {
    /// The document.
    pub comprobante_id: ComprobanteId,
    /// What it makes legal, e.g. `factura`.
    pub origen_tipo: String,
    /// Which one.
    pub origen_id: Uuid,
    /// Customer, if any.
    pub cliente_id: Option<Uuid>,
    /// Fiscal UUID (MX).
    pub uuid_fiscal: Option<String>,
}

impl Evento for ComprobanteAceptado {
    const TIPO: &'static str = "comprobante.aceptado";
    fn sujeto(&self) -> String {
        format!("comprobante/{}", self.comprobante_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        self.cliente_id
    }
}

/// A document stopped in a state that needs a person.
#[derive(Clone, Serialize)]
pub struct ComprobanteDetenido {
    /// The document.
    pub comprobante_id: ComprobanteId,
    /// Where it stopped: rechazado, excepcion, incierto or pausado.
    pub estado: Estado,
    /// Code of the authority.
    pub codigo: String,
    /// What it makes legal.
    pub origen_tipo: String,
    /// Which one.
    pub origen_id: Uuid,
}

impl Evento for ComprobanteDetenido {
    const TIPO: &'static str = "comprobante.detenido";
    fn sujeto(&self) -> String {
        format!("comprobante/{}", self.comprobante_id)
    }
}

/// A cancellation or voiding is final.
#[derive(Clone, Serialize)]
pub struct ComprobanteAnulado {
    /// The document.
    pub comprobante_id: ComprobanteId,
    /// What it made legal.
    pub origen_tipo: String,
    /// Which one.
    pub origen_id: Uuid,
}

impl Evento for ComprobanteAnulado {
    const TIPO: &'static str = "comprobante.anulado";
    fn sujeto(&self) -> String {
        format!("comprobante/{}", self.comprobante_id)
    }
}

/// A certificate ends soon, or has ended.
#[derive(Clone, Serialize)]
pub struct CertificadoPorVencer {
    /// The certificate.
    pub certificado_id: Uuid,
    /// RFC or RUC of its emisor.
    pub titular: String,
    /// Whole days left; negative once it ended.
    pub dias: i64,
}

impl Evento for CertificadoPorVencer {
    const TIPO: &'static str = "certificado.por_vencer";
    fn sujeto(&self) -> String {
        format!("certificado/{}", self.certificado_id)
    }
}

/// The legal term to send a document runs out and the authority does not have it yet.
#[derive(Clone, Serialize)]
pub struct ComprobantePorVencer {
    /// The document.
    pub comprobante_id: ComprobanteId,
    /// Hundredths of the term that have passed: 50 or 80.
    pub por_ciento: i32,
    /// When the term ends.
    pub limite: Instante,
    /// What it makes legal.
    pub origen_tipo: String,
    /// Which one.
    pub origen_id: Uuid,
}

impl Evento for ComprobantePorVencer {
    const TIPO: &'static str = "comprobante.por_vencer";
    fn sujeto(&self) -> String {
        format!("comprobante/{}", self.comprobante_id)
    }
}
