//! Bank statements and payment proofs against what customers owe.
//!
//! Promise: a movement of the bank is paid once, alone only when exactly one candidate exists, and
//! what a person decided can be undone. All money goes through ramal-pagos; it keeps no balance and
//! calls no bank.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod archivo;
pub mod comprobante;
pub mod cotejo;
pub mod cuenta;
pub mod error;
pub mod events;
pub mod frenos;
pub mod http;
pub mod jobs;
pub mod lectura;
pub mod lote;
pub mod permisos;
pub mod renglon;
pub mod storage;
pub mod tanda;
mod textos;
pub mod vistas;
pub mod vistas_comprobantes;

pub use comprobante::{ComprobantePago, ComprobantePagoId, EstadoComprobante};
pub use cuenta::{ClaseCuenta, CuentaBancaria, CuentaId};
pub use error::Error;
pub use frenos::{banco_al_dia, comprobantes_sin_revisar};
pub use jobs::{SUSCRIPCIONES, horarios, manejadores};
pub use lote::{EstadoLote, Lote, LoteId};
pub use renglon::{EstadoRenglon, Modo, Renglon, RenglonId, Sugerencia};

use ramal_db::Migracion;
use ramal_web::{Rutas, Sitio};

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[Migracion {
    id: "20261122_0950_conciliacion",
    sql: include_str!("../migrations/20261122_0950_conciliacion.sql"),
    postgres: None,
}];

/// Permissions that the slice's routes ask for.
pub const PERMISOS: &[&str] = permisos::TODOS;

/// Routes of the slice, relative to `/api/v1`.
pub fn rutas() -> Rutas {
    http::rutas()
}

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    http::paginas::sitio()
}
