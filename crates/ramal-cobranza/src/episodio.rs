//! The suspension episode: how it ends and what became of its fee; and the question that others ask
//! about the last one of a service.

use ramal_base::{Fecha, Instante};
use ramal_db::{Consulta, DbError, FromQueryResult, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Why an episode ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fin {
    /// Se pagó lo que hacía falta.
    Pago,
    /// Una promesa cubre la deuda.
    Promesa,
    /// Se eximió del corte.
    Exencion,
    /// Una persona levantó el corte.
    Manual,
    /// El servicio terminó.
    Baja,
}

impl Fin {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            Fin::Pago => "pago",
            Fin::Promesa => "promesa",
            Fin::Exencion => "exencion",
            Fin::Manual => "manual",
            Fin::Baja => "baja",
        }
    }
}

/// State of the reconnection fee of an episode (S7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoCargo {
    /// No corresponde.
    Ninguno,
    /// Cargado.
    Cobrado,
    /// Perdonado por una persona, o por la promesa.
    Perdonado,
}

impl EstadoCargo {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoCargo::Ninguno => "ninguno",
            EstadoCargo::Cobrado => "cobrado",
            EstadoCargo::Perdonado => "perdonado",
        }
    }
}

/// The last suspension of a service, for whoever tells the customer.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct EpisodioVista {
    /// The episode.
    pub id: Uuid,
    /// The service.
    pub servicio_id: Uuid,
    /// Whose.
    pub cliente_id: Uuid,
    /// First day without service.
    pub desde: Fecha,
    /// When it was asked of the network.
    pub suspendido: Instante,
    /// First day back; none while it lasts.
    pub hasta: Option<Fecha>,
    /// When the return was asked of the network.
    pub terminado: Option<Instante>,
    /// Why it ended: see [`Fin`].
    pub fin: Option<String>,
    /// When the network confirmed the block.
    pub confirmado: Option<Instante>,
}

/// Latest suspension for debt of a service, lasting or not; none if it was never cut for debt.
pub async fn episodio_de(
    c: &impl Consulta,
    servicio: Uuid,
) -> Result<Option<EpisodioVista>, DbError> {
    const SQL: &str = "SELECT id, servicio_id, cliente_id, desde, suspendido, hasta, terminado, \
        fin, confirmado FROM episodios WHERE servicio_id = $1 ORDER BY id DESC LIMIT 1";
    c.opt(SQL, params![servicio]).await
}
