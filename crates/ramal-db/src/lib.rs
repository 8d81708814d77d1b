//! Engines, transactions, migrations, outbox and object storage. The only crate that names an
//! engine.
//!
//! Everything above reads through [`Consulta`] and writes through [`Tx`]; neither says which
//! database is below.

pub mod bulk;
pub mod consulta;
pub mod db;
pub mod error;
pub mod evento;
pub mod migracion;
pub mod motor;
pub mod objetos;
pub mod pagina;
pub mod tx;

pub use bulk::Bulk;
pub use consulta::Consulta;
pub use db::{Db, DbOptions};
pub use error::DbError;
pub use evento::{Evento, EventoRegistrado};
pub use migracion::Migracion;
pub use motor::Motor;
pub use objetos::Objetos;
pub use pagina::{Cursor, Pagina};
pub use sea_orm::{FromQueryResult, Value};
pub use tx::Tx;

/// Migrations of the ground tables: outbox, printed numbers.
pub const MIGRACIONES: &[Migracion] = &[Migracion {
    id: "20261120_0900_base",
    sql: include_str!("../migrations/20261120_0900_base.sql"),
    postgres: None,
}];

/// Parameters of a statement from anything that converts: `params![id, "texto", 5_i64]`.
#[macro_export]
macro_rules! params {
    ($($valor:expr),* $(,)?) => { vec![$($crate::Value::from($valor)),*] };
}
