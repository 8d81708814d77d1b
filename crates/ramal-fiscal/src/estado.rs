//! States of a legal document before its authority, the same for every country.

use serde::{Deserialize, Serialize};

/// Where a document stands before its authority (cfdi.md 14.6, 16.1; sunat.md 17.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Estado {
    /// Signed and frozen, waiting to be sent.
    EnCola,
    /// Handed to the authority; the answer is not in yet.
    Enviando,
    /// Accepted or stamped.
    Aceptado,
    /// Accepted with observations (PE).
    AceptadoObs,
    /// Refused for good: show the reason and the way out.
    Rechazado,
    /// Refused without being registered: repair and send the same number (PE).
    Excepcion,
    /// Nobody can tell by program whether it was registered: a person decides.
    Incierto,
    /// Held until an administrator mends certificate, credentials or balance.
    Pausado,
    /// Cancellation or voiding was asked for and is not final.
    BajaPendiente,
    /// Cancelled or voided.
    Baja,
}

impl Estado {
    pub(crate) const TODOS: [Estado; 10] = [
        Estado::EnCola,
        Estado::Enviando,
        Estado::Aceptado,
        Estado::AceptadoObs,
        Estado::Rechazado,
        Estado::Excepcion,
        Estado::Incierto,
        Estado::Pausado,
        Estado::BajaPendiente,
        Estado::Baja,
    ];

    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            Estado::EnCola => "en_cola",
            Estado::Enviando => "enviando",
            Estado::Aceptado => "aceptado",
            Estado::AceptadoObs => "aceptado_obs",
            Estado::Rechazado => "rechazado",
            Estado::Excepcion => "excepcion",
            Estado::Incierto => "incierto",
            Estado::Pausado => "pausado",
            Estado::BajaPendiente => "baja_pendiente",
            Estado::Baja => "baja",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<Estado> {
        Estado::TODOS.into_iter().find(|e| e.as_str() == texto)
    }

    /// Whether the authority has it as valid.
    pub fn is_aceptado(self) -> bool {
        matches!(self, Estado::Aceptado | Estado::AceptadoObs)
    }

    /// Whether it may still be sent with the same bytes.
    pub fn is_enviable(self) -> bool {
        matches!(self, Estado::EnCola | Estado::Enviando | Estado::Pausado | Estado::Incierto)
    }

    /// `estado_sunat` of requirement F-03: pendiente, aceptada, rechazada or baja.
    pub fn estado_sunat(self) -> &'static str {
        match self {
            Estado::Aceptado | Estado::AceptadoObs | Estado::BajaPendiente => "aceptada",
            Estado::Rechazado => "rechazada",
            Estado::Baja => "baja",
            _ => "pendiente",
        }
    }
}
