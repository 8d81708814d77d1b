//! What the slice tells: sign-ups, changes, consents. Events carry facts, never contact data.

use ramal_db::Evento;
use serde::Serialize;
use uuid::Uuid;

use crate::cliente::Consentimiento;
use crate::{Cliente, ClienteId};

/// A customer was made.
#[derive(Serialize)]
pub struct ClienteCreado {
    /// The customer.
    pub cliente_id: ClienteId,
    /// Printed number.
    pub numero: i64,
    /// Country.
    pub pais: String,
}

impl From<&Cliente> for ClienteCreado {
    fn from(cliente: &Cliente) -> ClienteCreado {
        let pais = cliente.pais.codigo().to_owned();
        ClienteCreado { cliente_id: cliente.id, numero: cliente.numero, pais }
    }
}

impl Evento for ClienteCreado {
    const TIPO: &'static str = "cliente.creado";
    fn sujeto(&self) -> String {
        format!("cliente/{}", self.cliente_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.cliente_id.uuid())
    }
}

/// A customer's data changed.
#[derive(Serialize)]
pub struct ClienteActualizado {
    /// The customer.
    pub cliente_id: ClienteId,
    /// Version after the change.
    pub version: i64,
}

impl Evento for ClienteActualizado {
    const TIPO: &'static str = "cliente.actualizado";
    fn sujeto(&self) -> String {
        format!("cliente/{}", self.cliente_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.cliente_id.uuid())
    }
}

/// A consent was given or withdrawn.
#[derive(Serialize)]
pub struct ConsentimientoActualizado {
    /// The customer.
    pub cliente_id: ClienteId,
    /// What for.
    pub finalidad: String,
    /// Through what.
    pub canal: String,
    /// Given or withdrawn.
    pub otorgado: bool,
    /// Version of this purpose and channel.
    pub version: i64,
}

impl ConsentimientoActualizado {
    pub(crate) fn new(cliente_id: ClienteId, c: &Consentimiento) -> ConsentimientoActualizado {
        ConsentimientoActualizado {
            cliente_id,
            finalidad: c.finalidad.clone(),
            canal: c.canal.clone(),
            otorgado: c.otorgado,
            version: c.version,
        }
    }
}

impl Evento for ConsentimientoActualizado {
    const TIPO: &'static str = "consentimiento.actualizado";
    fn sujeto(&self) -> String {
        format!("cliente/{}", self.cliente_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.cliente_id.uuid())
    }
}
