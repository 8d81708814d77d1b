//! Access technologies: what a product needs and what a zone has. Holds no equipment.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the service reaches the customer.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Tecnologia {
    /// Fibre to the home.
    Ftth,
    /// Hybrid fibre and coaxial.
    Hfc,
    /// Fixed wireless.
    Wisp,
}

impl Tecnologia {
    /// Every technology.
    pub const TODAS: [Tecnologia; 3] = [Tecnologia::Ftth, Tecnologia::Hfc, Tecnologia::Wisp];

    /// Wire and stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Tecnologia::Ftth => "ftth",
            Tecnologia::Hfc => "hfc",
            Tecnologia::Wisp => "wisp",
        }
    }

    /// Reads the wire text.
    pub fn parse(texto: &str) -> Option<Tecnologia> {
        Tecnologia::TODAS.into_iter().find(|t| t.as_str() == texto)
    }
}
