//! Port: whom a change of price would touch. Contracts live to the right of this slice, so whoever
//! knows them answers; without an answer the check page says nothing of it.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_db::DbError;

use crate::{ProductoId, ZonaId};

/// Contracted services of a product, by what a new price means for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Afectados {
    /// They pay the new price from their next period on.
    pub cambian: i64,
    /// They keep the price that they have.
    pub conservan: i64,
}

/// Counts the services that a change of price would touch.
#[async_trait]
pub trait AfectadosPort: Send + Sync {
    /// Services in force of a product, in a zone or in all of them. Errors: the data layer's.
    async fn afectados(
        &self,
        producto: ProductoId,
        zona: Option<ZonaId>,
    ) -> Result<Afectados, DbError>;
}

/// The port as the pages take it: an axum `Extension`, absent if nobody wires it.
pub type Afecta = Arc<dyn AfectadosPort>;
