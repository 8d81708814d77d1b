//! The tables of the slice, and what it reads of others to find candidates. It decides nothing.

pub mod candidatos;
pub mod comprobantes;
pub mod cuentas;
pub mod lotes;
pub mod referencias;
pub mod renglones;
pub mod vinculos;

use ramal_db::{Cursor, FromQueryResult};

/// Count of a list that stopped at this many rows and one more.
pub const CONTADOS: i64 = 10_001;

/// The id after which a page begins, from its cursor.
pub(crate) fn after(cursor: &Cursor) -> Option<uuid::Uuid> {
    cursor.cursor.as_deref().and_then(|c| c.parse().ok())
}

/// How many and how much of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Suma {
    /// Rows.
    pub n: i64,
    /// Minor units.
    pub total: i64,
}
