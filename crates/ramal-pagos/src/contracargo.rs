//! Money that the bank or the card took back. It cuts nobody: it leaves a row from which
//! collections reads that the cliente gets one notice and two working days first (facturacion.md
//! 5.7 Y8).

use ramal_base::{Fecha, Id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::PagoId;

/// Identifier of a chargeback.
pub type ContracargoId = Id<NuevoContracargo>;

/// Notices that must go out before the service of whoever had a chargeback is cut.
pub const AVISOS: u8 = 1;
/// Working days that must pass after that notice.
pub const DIAS_HABILES: u8 = 2;

/// Why the money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaseContracargo {
    /// The holder of the card disowned it.
    Contracargo,
    /// The bank did not pay the cheque.
    ChequeRechazado,
}

impl ClaseContracargo {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaseContracargo::Contracargo => "contracargo",
            ClaseContracargo::ChequeRechazado => "cheque_rechazado",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<ClaseContracargo> {
        use ClaseContracargo::{ChequeRechazado, Contracargo};
        [Contracargo, ChequeRechazado].into_iter().find(|c| c.as_str() == texto)
    }
}

/// What is needed to record a chargeback.
#[derive(Clone, Debug)]
pub struct NuevoContracargo {
    /// Payment.
    pub pago_id: PagoId,
    /// Kind.
    pub clase: ClaseContracargo,
    /// Why, 3 to 200 characters.
    pub motivo: String,
    /// Fee charged to the cliente, minor units of the payment's currency; none if `None`.
    pub recargo: Option<i64>,
}

/// A chargeback as collections reads it: no cut for the named facturas before `avisos` notices and
/// `dias_habiles` working days, counted from `fecha`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraciaContracargo {
    /// Payment.
    pub pago_id: PagoId,
    /// Whose it is.
    pub cliente_id: Uuid,
    /// Day on which it was recorded, in the company's zone.
    pub fecha: Fecha,
    /// Facturas that it opened again.
    pub facturas: Vec<Uuid>,
    /// Notices that must go out first.
    pub avisos: u8,
    /// Working days that must pass after the notice.
    pub dias_habiles: u8,
}
