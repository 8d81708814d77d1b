//! What a slice implements to be applied to many objects. Applies nothing itself.

use async_trait::async_trait;
use ramal_base::Cx;
use ramal_db::DbError;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::TandaId;

/// What became of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resultado {
    /// Done, or it was done already.
    Hecho,
    /// It does not apply to this object, and why, for people: nothing failed.
    Omitido(String),
    /// It failed, and why, for people; trying again may help.
    Fallido(String),
}

/// One object of a bulk act, in the hands of its action.
#[derive(Clone, Debug)]
pub struct Encargo<'a> {
    /// Bulk act it belongs to.
    pub tanda_id: TandaId,
    /// The object.
    pub objeto_id: Uuid,
    /// What the action was asked with; the same for every object.
    pub datos: &'a serde_json::Value,
}

impl Encargo<'_> {
    /// The data as the action's own type; `None` if they do not have its shape.
    pub fn datos_as<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(self.datos).ok()
    }
}

/// An action that is applied to many objects, one at a time. It may be given the same object again,
/// so it must be idempotent; it begins and commits its own transaction.
#[async_trait]
pub trait AccionDeTanda: Send + Sync {
    /// Kind; also the kind of its jobs, so it is unique in the program: `fiscal.tanda_reintentar`.
    fn tipo(&self) -> &'static str;

    /// Applies the action to one object, in the name of who asked (`cx.actor()`).
    ///
    /// Errors: the database failed; a busy one is tried again, anything else counts as failed. A
    /// panic counts as failed too.
    async fn apply(&self, cx: &Cx, encargo: &Encargo<'_>) -> Result<Resultado, DbError>;
}
