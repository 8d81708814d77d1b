//! What the slice tells: cobros asked for, credited, closed, and payments that wait for a person.
//! Events carry ids and amounts, never who pays.

use ramal_db::Evento;
use serde::Serialize;
use uuid::Uuid;

use crate::CobroId;
use crate::cobro::Estado;

/// Money was asked for at a gateway, which has it.
#[derive(Serialize)]
pub struct CobroCreado {
    /// The cobro.
    pub cobro_id: CobroId,
    /// Whose debt it is.
    pub cliente_id: Uuid,
    /// Amount, decimal text.
    pub importe: String,
    /// Currency.
    pub moneda: String,
    /// Code of the gateway.
    pub pasarela: String,
}

impl Evento for CobroCreado {
    const TIPO: &'static str = "cobro.creado";
    fn sujeto(&self) -> String {
        format!("cobro/{}", self.cobro_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.cliente_id)
    }
}

/// The gateway credited the money and the payment is recorded.
#[derive(Serialize)]
pub struct CobroAcreditado {
    /// The cobro.
    pub cobro_id: CobroId,
    /// Whose debt it was.
    pub cliente_id: Uuid,
    /// The payment recorded.
    pub pago_id: Uuid,
    /// Amount, decimal text.
    pub importe: String,
    /// Currency.
    pub moneda: String,
}

impl Evento for CobroAcreditado {
    const TIPO: &'static str = "cobro.acreditado";
    fn sujeto(&self) -> String {
        format!("cobro/{}", self.cobro_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.cliente_id)
    }
}

/// A cobro moved to a state without money: in process, refused, expired, cancelled, given back.
#[derive(Serialize)]
pub struct CobroCambiado {
    /// The cobro.
    pub cobro_id: CobroId,
    /// Whose debt it is.
    pub cliente_id: Uuid,
    /// Where it stands.
    pub estado: Estado,
}

impl Evento for CobroCambiado {
    const TIPO: &'static str = "cobro.cambiado";
    fn sujeto(&self) -> String {
        format!("cobro/{}", self.cobro_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        Some(self.cliente_id)
    }
}

/// A payment that nobody can be sure whose it is waits for a person.
#[derive(Serialize)]
pub struct PagoEnCuarentena {
    /// The place in the queue.
    pub cuarentena_id: Uuid,
    /// Code of the gateway.
    pub pasarela: String,
    /// Why, in codes.
    pub motivos: Vec<String>,
}

impl Evento for PagoEnCuarentena {
    const TIPO: &'static str = "cobro.en_cuarentena";
    fn sujeto(&self) -> String {
        format!("cuarentena/{}", self.cuarentena_id)
    }
}
