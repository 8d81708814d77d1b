//! What the company sells: productos (plans, services, packs, combos), zones, prices by zone, promotions.
//!
//! Promise: a price has a currency, a period and says whether taxes are inside. It knows no customer.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod archivo;
pub mod error;
pub mod events;
pub mod periodicidad;
pub mod producto;
pub mod reglas;
pub mod storage;
pub mod tecnologia;

pub use error::Error;
pub use periodicidad::Periodicidad;
pub use producto::{Categoria, ClaseProducto, Producto, ProductoId};
pub use tecnologia::Tecnologia;

use ramal_db::Migracion;

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[Migracion {
    id: "20261120_1010_catalogo",
    sql: include_str!("../migrations/20261120_1010_catalogo.sql"),
    postgres: None,
}];
