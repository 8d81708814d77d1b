//! Fees: late, reconnection, interest (facturacion.md 5.12, S7). What they cost and when they are
//! due is decided by who adds them; here each is charged once, on paper, and can be forgiven.

pub mod actos;
pub mod impuesto;
pub mod linea;
pub(crate) mod revision;

use ramal_base::Moneda;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use actos::credit_recargo;
pub use actos::{Recargado, add_recargo, waive_recargo};
pub(crate) use revision::{release, review};

use crate::nucleo::Clase;

/// Kind of fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaseRecargo {
    /// Late fee, one per invoice and stage (L1).
    Recargo,
    /// Reconnection, one per episode of suspension (S7).
    Reconexion,
    /// Simple daily interest (L4).
    Interes,
}

impl ClaseRecargo {
    const TODAS: [ClaseRecargo; 3] =
        [ClaseRecargo::Recargo, ClaseRecargo::Reconexion, ClaseRecargo::Interes];

    /// Stored and wire text, that of the line too.
    pub fn as_str(self) -> &'static str {
        self.clase().texto()
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<ClaseRecargo> {
        ClaseRecargo::TODAS.into_iter().find(|c| c.as_str() == texto)
    }

    /// Kind of the line that charges it.
    pub fn clase(self) -> Clase {
        match self {
            ClaseRecargo::Recargo => Clase::Recargo,
            ClaseRecargo::Reconexion => Clase::Reconexion,
            ClaseRecargo::Interes => Clase::Interes,
        }
    }
}

/// When a fee is billed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Momento {
    /// As a line of the customer's next invoice.
    #[default]
    ProximaFactura,
    /// On an invoice of its own, now.
    Inmediato,
}

/// A fee to charge.
#[derive(Clone, Debug)]
pub struct NuevoRecargo {
    /// Who owes it.
    pub cliente_id: Uuid,
    /// Invoice that it is late on, if any.
    pub factura_id: Option<Uuid>,
    /// Service that was reconnected, if any.
    pub servicio_id: Option<Uuid>,
    /// Kind.
    pub clase: ClaseRecargo,
    /// What makes it one: see [`NuevoRecargo::of_stage`], [`NuevoRecargo::of_episode`].
    pub clave: String,
    /// Minor units, above zero, taxes included.
    pub monto: i64,
    /// Currency.
    pub moneda: Moneda,
    /// What the customer reads.
    pub descripcion: String,
    /// When it is billed.
    pub momento: Momento,
}

impl NuevoRecargo {
    /// Key of the fee of a stage of the ladder on an invoice (L1).
    pub fn of_stage(factura: Uuid, etapa: &str) -> String {
        format!("factura/{factura}/{etapa}")
    }

    /// Key of the fee of an episode of suspension (S7).
    pub fn of_episode(episodio: Uuid) -> String {
        format!("episodio/{episodio}")
    }

    /// Key of the fee of coming back from a voluntary pause.
    pub fn of_pause(pausa: Uuid) -> String {
        format!("pausa/{pausa}")
    }
}

/// State of a fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EstadoRecargo {
    /// Waits for the next invoice.
    Pendiente,
    /// On an invoice.
    Facturado,
    /// Forgiven before it was billed.
    Condonado,
    /// Forgiven after it was billed; its credit note is on its way.
    PorAcreditar,
    /// Given back with a credit note.
    Acreditado,
}

impl EstadoRecargo {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoRecargo::Pendiente => "pendiente",
            EstadoRecargo::Facturado => "facturado",
            EstadoRecargo::Condonado => "condonado",
            EstadoRecargo::PorAcreditar => "por_acreditar",
            EstadoRecargo::Acreditado => "acreditado",
        }
    }
}
