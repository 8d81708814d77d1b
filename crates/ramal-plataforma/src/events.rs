//! What the slice tells the others. It carries identifiers, never secrets.

use ramal_db::Evento;
use serde::Serialize;

use crate::{ClaveId, EmisorId};

/// An emisor was set up.
#[derive(Debug, Serialize)]
pub struct EmisorCreado {
    /// Which.
    pub emisor_id: EmisorId,
    /// MX or PE.
    pub pais: &'static str,
}

impl Evento for EmisorCreado {
    const TIPO: &'static str = "emisor.creado";

    fn sujeto(&self) -> String {
        format!("emisor/{}", self.emisor_id)
    }
}

/// An API key stopped being good.
#[derive(Debug, Serialize)]
pub struct ClaveRevocada {
    /// Which.
    pub clave_id: ClaveId,
}

impl Evento for ClaveRevocada {
    const TIPO: &'static str = "clave_api.revocada";

    fn sujeto(&self) -> String {
        format!("clave_api/{}", self.clave_id)
    }
}
