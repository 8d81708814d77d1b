//! How often a service is billed. Knows months, not dates.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Length of a billing period.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Periodicidad {
    /// One month.
    Mensual,
    /// Two months.
    Bimestral,
    /// Three months.
    Trimestral,
    /// Six months.
    Semestral,
    /// Twelve months.
    Anual,
}

impl Periodicidad {
    /// Every length, shortest first.
    pub const TODAS: [Periodicidad; 5] = [
        Periodicidad::Mensual,
        Periodicidad::Bimestral,
        Periodicidad::Trimestral,
        Periodicidad::Semestral,
        Periodicidad::Anual,
    ];

    /// Wire and stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Periodicidad::Mensual => "mensual",
            Periodicidad::Bimestral => "bimestral",
            Periodicidad::Trimestral => "trimestral",
            Periodicidad::Semestral => "semestral",
            Periodicidad::Anual => "anual",
        }
    }

    /// Reads the wire text.
    pub fn parse(texto: &str) -> Option<Periodicidad> {
        Periodicidad::TODAS.into_iter().find(|p| p.as_str() == texto)
    }

    /// Months of a period.
    pub fn meses(self) -> u16 {
        match self {
            Periodicidad::Mensual => 1,
            Periodicidad::Bimestral => 2,
            Periodicidad::Trimestral => 3,
            Periodicidad::Semestral => 6,
            Periodicidad::Anual => 12,
        }
    }

    /// Length of so many months, if it is one that is sold.
    pub fn from_meses(meses: u16) -> Option<Periodicidad> {
        Periodicidad::TODAS.into_iter().find(|p| p.meses() == meses)
    }
}
