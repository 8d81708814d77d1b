//! Countries where Ramal issues legal documents or knows identity numbers.

use serde::{Deserialize, Serialize};

use crate::Moneda;

/// Country of an emisor or of an identity document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Pais {
    /// México.
    #[serde(rename = "MX")]
    Mx,
    /// Perú.
    #[serde(rename = "PE")]
    Pe,
    /// Argentina (identity numbers only).
    #[serde(rename = "AR")]
    Ar,
}

impl Pais {
    /// ISO 3166-1 alpha-2 code.
    pub fn codigo(self) -> &'static str {
        match self {
            Pais::Mx => "MX",
            Pais::Pe => "PE",
            Pais::Ar => "AR",
        }
    }

    /// Reads an alpha-2 code in any case.
    pub fn parse(texto: &str) -> Option<Pais> {
        match texto.to_ascii_uppercase().as_str() {
            "MX" => Some(Pais::Mx),
            "PE" => Some(Pais::Pe),
            "AR" => Some(Pais::Ar),
            _ => None,
        }
    }

    /// Currency in which an emisor of the country bills by default; `None` where Ramal issues
    /// nothing yet.
    pub fn moneda(self) -> Option<Moneda> {
        match self {
            Pais::Mx => Some(Moneda::Mxn),
            Pais::Pe => Some(Moneda::Pen),
            Pais::Ar => None,
        }
    }

    /// IANA zone of a company that names none.
    pub fn zona_horaria(self) -> &'static str {
        match self {
            Pais::Mx => "America/Mexico_City",
            Pais::Pe => "America/Lima",
            Pais::Ar => "America/Argentina/Buenos_Aires",
        }
    }

    /// International dialling prefix without plus.
    pub fn prefijo_telefonico(self) -> &'static str {
        match self {
            Pais::Mx => "52",
            Pais::Pe => "51",
            Pais::Ar => "54",
        }
    }
}
