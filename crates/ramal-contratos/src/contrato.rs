//! A contract: what a customer signed, with the address and the emisor that its services share.
//! It has no state of its own: each service has one.

use ramal_base::{Fecha, Id, Instante};
use ramal_clientes::ClienteId;
use uuid::Uuid;

/// Marker of contract ids.
pub struct ContratoMarca;

/// Identifier of a contract.
pub type ContratoId = Id<ContratoMarca>;

/// A signed contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contrato {
    /// Identifier.
    pub id: ContratoId,
    /// Printed number; shown as `CT-<numero>`.
    pub numero: i64,
    /// Who signed it.
    pub cliente_id: ClienteId,
    /// Address at which its services are given.
    pub domicilio_id: Option<Uuid>,
    /// Who bills its services.
    pub emisor_id: Uuid,
    /// Day of signature.
    pub desde: Fecha,
    /// When it was recorded.
    pub creado: Instante,
}

impl Contrato {
    /// Printed code, e.g. `CT-12`.
    pub fn codigo(&self) -> String {
        format!("CT-{}", self.numero)
    }
}
