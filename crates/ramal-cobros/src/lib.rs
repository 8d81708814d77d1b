//! Requests for money at a gateway: payment links, notices, the sweeper, the page where one pays.
//!
//! Promise: a payment told however often and in whatever order is recorded once; one that is told
//! by nobody is found by asking. It keeps no balance: the ledger does.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod ajustes;
mod aviso;
pub mod barras;
pub mod cobro;
pub mod enlace;
pub mod error;
pub mod events;
pub mod flujo;
pub mod http;
pub mod jobs;
pub mod maquina;
pub mod metricas;
pub mod permisos;
pub mod puerto;
pub mod senales;
pub mod storage;
mod textos;

pub use cobro::{CobroId, Estado};
pub use enlace::{cobro_link, pago_link};
pub use error::Error;
pub use flujo::{Hito, Seguimiento, flujo};
pub use jobs::{SUSCRIPCIONES, horarios, manejadores};
pub use metricas::metricas;
pub use puerto::Pasarelas;
pub use senales::{en_curso, senales, ultima_senal};

use ramal_db::Migracion;
use ramal_web::{Rutas, Sitio};

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[
    Migracion {
        id: "20261122_0940_cobros",
        sql: include_str!("../migrations/20261122_0940_cobros.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261122_0941_historia_fija",
        sql: include_str!("../migrations/20261122_0941_historia_fija.sql"),
        postgres: Some(include_str!("../migrations/20261122_0941_historia_fija.postgres.sql")),
    },
];

/// Permissions that the slice's routes ask for.
pub const PERMISOS: &[&str] = permisos::TODOS;

/// Routes of the slice, relative to `/api/v1`. They take `Extension<Arc<dyn Pasarelas>>`.
pub fn rutas() -> Rutas {
    http::rutas()
}

/// Pages of the slice with their access, and the doors of the gateways' notices. They take
/// `Extension<Arc<dyn Pasarelas>>`, the settings `Extension<Arc<Sello>>`, and the detail of a cobro
/// `Extension<Arc<dyn Seguimiento>>` if there is one.
pub fn sitio() -> Sitio {
    http::sitio()
}
