//! What collections ask of others: what stops a cut, who tells the customer, and the network. The
//! program implements them over the slices that know. They are asked, never obeyed blindly: a port
//! that fails stops the cut.

use async_trait::async_trait;
use ramal_base::{Cx, Fecha, Instante};
use ramal_db::{DbError, Tx};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::nucleo::Freno;
use crate::red::EstadoRed;

/// Why a port gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum FallaPuerto {
    /// The data layer failed.
    #[error(transparent)]
    Storage(#[from] DbError),
    /// Something else, in words without personal data.
    #[error("{0}")]
    Otra(String),
}

impl From<FallaPuerto> for crate::Error {
    fn from(falla: FallaPuerto) -> crate::Error {
        match falla {
            FallaPuerto::Storage(e) => crate::Error::Storage(e),
            FallaPuerto::Otra(texto) => crate::Error::Puerto(texto),
        }
    }
}

/// A place from which payments are heard: a bank statement, a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fuente {
    /// Its name, to be shown.
    pub nombre: String,
    /// Up to when everything that it had is known; none = it was never heard.
    pub al_dia: Option<Instante>,
}

/// Name of the source that is the bank's statements, which come once a working day.
pub const BANCO: &str = "banco";

impl Fuente {
    /// Whether it is the bank's statements, which are given more time than a gateway.
    pub fn is_banco(&self) -> bool {
        self.nombre == BANCO
    }
}

/// What stops a cut (B-03).
///
/// It is asked inside the transaction of the cut, with the customer locked: it reads this database
/// and makes no call outside. Time that nobody can vouch for counts as a brake, so it should rather
/// fail than guess.
#[async_trait]
pub trait Frenos: Send + Sync {
    /// Brakes of a customer now.
    async fn frenos(&self, cliente: Uuid, ahora: Instante) -> Result<Vec<Freno>, FallaPuerto>;

    /// Every source of payments that the company uses. Empty = it uses none.
    async fn banco(&self) -> Result<Vec<Fuente>, FallaPuerto>;
}

/// Something that a customer has to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NuevoAviso {
    /// The customer.
    pub cliente_id: Uuid,
    /// What it is about.
    pub asunto: Asunto,
    /// Invoices that it names, oldest due first.
    pub facturas: Vec<Uuid>,
    /// Service that it is about, if one.
    pub servicio_id: Option<Uuid>,
    /// Day that it names: the cut, the due day, the date of the promise.
    pub dia: Option<Fecha>,
    /// Unique key: the same notice is told once.
    pub clave: String,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asunto {
    /// An invoice falls due soon, or today.
    RecordatorioProximo,
    /// An invoice is overdue.
    RecordatorioVencido,
    /// The service will be cut.
    AvisoCorte,
    /// The service was cut.
    ServicioSuspendido,
    /// The service is back.
    ServicioRenovado,
    /// A promise was recorded.
    PromesaRegistrada,
    /// A promise was broken.
    PromesaRota,
}

/// How far a notice got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reparto {
    /// On its way.
    EnCurso,
    /// Delivered on one channel.
    Entregado,
    /// Not delivered, but tried on two channels (S3).
    DosCanales,
    /// Not delivered and nothing more is tried.
    Fallido,
}

/// Who tells the customer.
#[async_trait]
pub trait Avisos: Send + Sync {
    /// Asks for a notice in this transaction; repeating its key asks for nothing. Gives the
    /// notification that carries it; none if there is no way to reach the customer.
    async fn notify(
        &self,
        tx: &Tx,
        cx: &Cx,
        aviso: &NuevoAviso,
    ) -> Result<Option<Uuid>, FallaPuerto>;

    /// How far a notification got.
    async fn reparto(&self, notificacion: Uuid) -> Result<Reparto, FallaPuerto>;
}

/// What the network is asked for one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrdenRed {
    /// The service.
    pub servicio_id: Uuid,
    /// Desired state.
    pub deseado: EstadoRed,
    /// Grows with every change of what is desired: part of the idempotency key.
    pub version: i64,
}

/// What the network says of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observado {
    /// The state.
    pub estado: EstadoRed,
    /// Whether a device said so; false = only a record of ours.
    pub confirmado: bool,
}

/// Why the network could not be set or asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FallaRed(pub String);

/// The network: sets the state of a service and tells it. Called by jobs, never in a transaction;
/// setting a state twice is setting it once.
#[async_trait]
pub trait Red: Send + Sync {
    /// Sets the state and tells what the network says afterwards.
    async fn apply(&self, orden: &OrdenRed) -> Result<Observado, FallaRed>;

    /// What the network says.
    async fn observe(&self, servicio: Uuid) -> Result<Observado, FallaRed>;
}

/// The ports together.
#[derive(Clone)]
pub struct Puertos {
    /// What stops a cut.
    pub frenos: std::sync::Arc<dyn Frenos>,
    /// Who tells.
    pub avisos: std::sync::Arc<dyn Avisos>,
    /// The network.
    pub red: std::sync::Arc<dyn Red>,
}
