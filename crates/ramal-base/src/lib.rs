//! Ground of Ramal: money, dates, ids, identity documents, problems. Pure: no I/O, no clock of its
//! own.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod cx;
pub mod dinero;
pub mod documentos;
pub mod fecha;
pub mod id;
pub mod letras;
pub mod pais;
pub mod problema;
pub mod telefono;
#[cfg(feature = "db")]
mod valores_db;

pub use cx::{Clock, Cx, FixedClock, SystemClock};
pub use dinero::{Dinero, Moneda, Redondeo, prorratear};
pub use fecha::{Fecha, Instante, Zona};
pub use id::Id;
pub use pais::Pais;
pub use problema::{CampoInvalido, Problema};
