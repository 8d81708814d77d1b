//! Domain events: the transactional outbox. Written beside the change that they tell; published
//! later by a job.

use ramal_base::{Cx, Id, Instante};
use sea_orm::{FromQueryResult, Value};
use serde::Serialize;
use uuid::Uuid;

use crate::{Bulk, DbError, Tx};

/// Something that happened in the domain, e.g. `cliente.creado`.
pub trait Evento: Serialize + Send + Sync {
    /// Stable type on the wire, `sustantivo.participio`.
    const TIPO: &'static str;

    /// What it happened to, e.g. `cliente/<uuid>`.
    fn sujeto(&self) -> String;

    /// Customer whose history it belongs to, if any.
    fn cliente(&self) -> Option<Uuid> {
        None
    }
}

/// Marker of event ids.
pub struct EventoMarca;

/// Event as it lies in the outbox.
#[derive(Clone, Debug, FromQueryResult, Serialize)]
pub struct EventoRegistrado {
    /// Identifier; CloudEvents `id`.
    pub id: Id<EventoMarca>,
    /// Type; CloudEvents `type`.
    pub tipo: String,
    /// Subject; CloudEvents `subject`.
    pub sujeto: String,
    /// When it happened; CloudEvents `time`.
    pub instante: Instante,
    /// JSON text; CloudEvents `data`.
    pub datos: String,
}

const COLUMNAS: &[&str] = &["id", "tipo", "sujeto", "cliente_id", "instante", "datos", "publicado"];

/// A batch of events of one transaction.
pub struct Eventos(Bulk);

impl Default for Eventos {
    fn default() -> Eventos {
        Eventos(Bulk::new("eventos", COLUMNAS))
    }
}

impl Eventos {
    /// Adds an event. Errors: `Corrupt` if it cannot be written as JSON.
    pub fn push<E: Evento>(&mut self, cx: &Cx, evento: &E) -> Result<(), DbError> {
        let datos =
            serde_json::to_string(evento).map_err(|_| DbError::Corrupt("event is not JSON"))?;
        self.0.push([
            Value::from(cx.new_id::<EventoMarca>()),
            Value::from(E::TIPO),
            Value::from(evento.sujeto()),
            Value::from(evento.cliente()),
            Value::from(cx.now()),
            Value::from(datos),
            Value::from(false),
        ]);
        Ok(())
    }

    /// Writes the batch in the transaction.
    pub async fn insert(self, tx: &Tx) -> Result<(), DbError> {
        self.0.insert(tx).await.map(|_| ())
    }
}
