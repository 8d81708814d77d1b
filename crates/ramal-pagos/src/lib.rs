//! Money that came in: payments, reversals, refunds, chargebacks, the cash desk.
//!
//! Promise: a payment counts once whatever was sent twice, and what it settles is always in the
//! ledger. It asks no gateway and reads no bank statement; those stand on this.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod ajustes;
pub mod caja;
pub mod contracargo;
pub mod devolucion;
pub mod error;
pub mod events;
pub mod hallazgo;
pub mod http;
pub mod medio;
pub mod pago;
pub mod permisos;
mod recibo;
pub mod storage;
mod textos;
pub mod vistas;
pub mod vistas_caja;

pub use actions::{
    MotivoReverso, apply_pago, approve_devolucion, record_contracargo, record_devolucion,
    record_pago, request_devolucion, reverse_pago, unapply_pago,
};
pub use contracargo::{ClaseContracargo, GraciaContracargo, NuevoContracargo};
pub use devolucion::{AlcanceDevolucion, Devolucion, EstadoDevolucion, Facultad, NuevaDevolucion};
pub use error::Error;
pub use hallazgo::{Hallazgo, search};
pub use medio::{Medio, OrigenPago};
pub use pago::{EstadoPago, NuevoPago, Pago, PagoId, Registrado};
pub use ramal_facturacion::cobro::{Destino, Partida};
pub use storage::contracargos::gracias as contracargos_de;
pub use storage::pagos::{by_id as pago, de_cliente as pagos_de};

use std::sync::Arc;

use ramal_base::{Cx, Zona};
use ramal_db::{Db, Migracion};
use ramal_jobs::{Horario, Manejador};
use ramal_web::{Rutas, Sitio};

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[
    Migracion {
        id: "20261122_0930_pagos",
        sql: include_str!("../migrations/20261122_0930_pagos.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261122_0931_caja_fija",
        sql: include_str!("../migrations/20261122_0931_caja_fija.sql"),
        postgres: Some(include_str!("../migrations/20261122_0931_caja_fija.postgres.sql")),
    },
    Migracion {
        id: "20261122_0932_apertura",
        sql: include_str!("../migrations/20261122_0932_apertura.sql"),
        postgres: None,
    },
];

/// Permissions that the slice's routes ask for.
pub const PERMISOS: &[&str] = permisos::TODOS;

/// Events that the slice waits for: none, what it does is done in the transaction that asks.
pub const SUSCRIPCIONES: &[(&str, &str)] = &[];

/// Handlers of the slice: none.
pub fn manejadores(_db: Db, _cx: Cx) -> Vec<Arc<dyn Manejador>> {
    Vec::new()
}

/// Schedules of the slice: none.
pub fn horarios(_zona: Zona) -> Vec<Horario> {
    Vec::new()
}

/// Routes of the slice, relative to `/api/v1`.
pub fn rutas() -> Rutas {
    http::rutas()
}

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    http::paginas::sitio()
}
