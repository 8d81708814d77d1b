//! The notice of the ladder: its states. Who tells it is a port.

use ramal_base::Fecha;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::nucleo::politica::REAPERTURA;

/// State of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoAviso {
    /// Le llegó su día y todavía no salió.
    Pendiente,
    /// En camino.
    Encolado,
    /// Entregado.
    Entregado,
    /// No entregado, pero intentado por dos canales.
    DosCanales,
    /// No entregado.
    Fallido,
    /// Entregado por otro medio, según una persona.
    Manual,
    /// Lo reemplazó uno posterior que salió el mismo día.
    Reemplazado,
    /// La factura se pagó antes de que saliera.
    Innecesario,
}

impl EstadoAviso {
    const TODOS: [EstadoAviso; 8] = [
        EstadoAviso::Pendiente,
        EstadoAviso::Encolado,
        EstadoAviso::Entregado,
        EstadoAviso::DosCanales,
        EstadoAviso::Fallido,
        EstadoAviso::Manual,
        EstadoAviso::Reemplazado,
        EstadoAviso::Innecesario,
    ];

    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoAviso::Pendiente => "pendiente",
            EstadoAviso::Encolado => "encolado",
            EstadoAviso::Entregado => "entregado",
            EstadoAviso::DosCanales => "dos_canales",
            EstadoAviso::Fallido => "fallido",
            EstadoAviso::Manual => "manual",
            EstadoAviso::Reemplazado => "reemplazado",
            EstadoAviso::Innecesario => "innecesario",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<EstadoAviso> {
        EstadoAviso::TODOS.into_iter().find(|e| e.as_str() == texto)
    }

    /// Whether it counts as given for a cut: delivered, or tried on two channels (S3).
    pub fn counts(self) -> bool {
        matches!(self, EstadoAviso::Entregado | EstadoAviso::DosCanales | EstadoAviso::Manual)
    }
}

/// Step of the notice of an invoice that a bounced payment opened again on a day: each reopening
/// has its own (Y8).
pub fn reopening_step(dia: Fecha) -> String {
    format!("{REAPERTURA}:{dia}")
}
