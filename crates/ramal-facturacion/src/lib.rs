//! Recurring billing: what each service owes, on which paper, with which number.
//!
//! Promise: a service is billed once per period whatever days the run was executed on and whatever was killed.
//! It writes no XML and asks no authority; those belong to ramal-fiscal.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod corrida;
pub mod error;
pub mod events;
pub mod factura;
pub mod nucleo;
pub mod politica;
pub mod storage;

pub use error::Error;
pub use factura::{ClaseFactura, EstadoFactura, FacturaId};
pub use politica::Politica;

use ramal_db::Migracion;

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[Migracion {
    id: "20261120_1030_facturacion",
    sql: include_str!("../migrations/20261120_1030_facturacion.sql"),
    postgres: None,
}];
