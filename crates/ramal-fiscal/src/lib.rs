//! Legal documents of any country behind one neutral [`Comprobante`]: numbers, certificates, sealing, sending, states.
//!
//! Promise: a number is taken once, a document is frozen before it is sent, and no invoice gets two stamps.
//! It never hears of a factura: callers hand it parties, lines and an opaque origin.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod comprobante;
pub mod emisor;
pub mod emision;
pub mod error;
pub mod estado;
pub mod events;
pub mod firmante;
pub mod nombre;
pub mod preparado;
pub mod series;
pub mod storage;
mod mx;
mod pe;

pub use comprobante::{
    Comprobante, ComprobanteId, Contenido, FormaPago, Impuesto, Linea, Origen, Receptor, Relacion,
    Tipo,
};
pub use emisor::EmisorFiscal;
pub use emision::Sellado;
pub use error::Error;
pub use estado::Estado;
pub use firmante::Firmante;
pub use preparado::{Montos, Preparado, prepare};

use ramal_db::Migracion;

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[Migracion {
    id: "20261120_0950_fiscal",
    sql: include_str!("../migrations/20261120_0950_fiscal.sql"),
    postgres: None,
}];
