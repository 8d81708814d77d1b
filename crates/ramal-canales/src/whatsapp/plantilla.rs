//! Templates as the channel registers them. It validates no text: the channel does.

use serde_json::Value;

/// Category, which decides the price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CategoriaPlantilla {
    /// Notices about something the person has.
    Utilidad,
    /// Promotions.
    Marketing,
    /// Codes.
    Autenticacion,
    /// Not known to us, as written.
    Otra(String),
}

impl CategoriaPlantilla {
    /// As on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            CategoriaPlantilla::Utilidad => "UTILITY",
            CategoriaPlantilla::Marketing => "MARKETING",
            CategoriaPlantilla::Autenticacion => "AUTHENTICATION",
            CategoriaPlantilla::Otra(otra) => otra,
        }
    }

    /// Reads the wire.
    pub fn parse(texto: &str) -> CategoriaPlantilla {
        match texto.to_ascii_uppercase().as_str() {
            "UTILITY" => CategoriaPlantilla::Utilidad,
            "MARKETING" => CategoriaPlantilla::Marketing,
            "AUTHENTICATION" => CategoriaPlantilla::Autenticacion,
            otra => CategoriaPlantilla::Otra(otra.to_owned()),
        }
    }
}

/// State; only an approved one is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EstadoPlantilla {
    /// Can be sent.
    Aprobada,
    /// Under review.
    Pendiente,
    /// Refused.
    Rechazada,
    /// Stopped for a while for its quality.
    Pausada,
    /// Stopped for good.
    Deshabilitada,
    /// Not known to us, as written.
    Otro(String),
}

impl EstadoPlantilla {
    /// As on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            EstadoPlantilla::Aprobada => "APPROVED",
            EstadoPlantilla::Pendiente => "PENDING",
            EstadoPlantilla::Rechazada => "REJECTED",
            EstadoPlantilla::Pausada => "PAUSED",
            EstadoPlantilla::Deshabilitada => "DISABLED",
            EstadoPlantilla::Otro(otro) => otro,
        }
    }

    /// Reads the wire.
    pub fn parse(texto: &str) -> EstadoPlantilla {
        match texto.to_ascii_uppercase().as_str() {
            // A paused template that is sendable again comes as REINSTATED.
            "APPROVED" | "REINSTATED" => EstadoPlantilla::Aprobada,
            "PENDING" | "IN_APPEAL" => EstadoPlantilla::Pendiente,
            "REJECTED" => EstadoPlantilla::Rechazada,
            "PAUSED" => EstadoPlantilla::Pausada,
            "DISABLED" | "DELETED" | "PENDING_DELETION" => EstadoPlantilla::Deshabilitada,
            otro => EstadoPlantilla::Otro(otro.to_owned()),
        }
    }
}

/// A template of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlantillaRemota {
    /// Id at the channel.
    pub id: String,
    /// Name.
    pub nombre: String,
    /// Language code.
    pub idioma: String,
    /// Category.
    pub categoria: CategoriaPlantilla,
    /// State.
    pub estado: EstadoPlantilla,
    /// Why it was refused, as written.
    pub motivo: Option<String>,
    /// `components` as they are on the wire.
    pub componentes: Value,
    /// `POSITIONAL` or `NAMED`.
    pub formato: String,
}

/// A page of templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaginaPlantillas {
    /// Templates.
    pub plantillas: Vec<PlantillaRemota>,
    /// Cursor of the next page; `None` at the end.
    pub siguiente: Option<String>,
}

/// Template to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NuevaPlantilla {
    /// Lower case, digits and `_`.
    pub nombre: String,
    /// Language code.
    pub idioma: String,
    /// Category.
    pub categoria: CategoriaPlantilla,
    /// `components` as the channel wants them, with examples of every variable.
    pub componentes: Value,
}

/// Answer to a new template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlantillaCreada {
    /// Id at the channel.
    pub id: String,
    /// State, mostly pending.
    pub estado: EstadoPlantilla,
    /// Category that the channel gave it, which may not be the one asked for.
    pub categoria: CategoriaPlantilla,
}
