//! Recurring billing: what each service owes, on which paper, with which number.
//!
//! Promise: a service is billed once per period whatever days the run was executed on and whatever
//! was killed. It writes no XML and asks no authority; those belong to ramal-fiscal.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod ajustes;
pub mod cobro;
pub mod comparacion;
pub mod corrida;
pub mod error;
pub mod events;
pub mod extracto;
pub mod factura;
pub mod hallazgo;
pub mod http;
pub mod jobs;
pub mod nucleo;
pub mod permisos;
pub mod politica;
pub mod recargo;
pub mod reenvio;
pub mod storage;
mod textos;
pub mod vistas;
pub mod vistas_corrida;

pub use error::Error;
pub use factura::{ClaseFactura, EstadoFactura, FacturaId};
pub use hallazgo::{Hallazgo, search};
pub use http::paginas::enlace_publico;
pub use jobs::{SUSCRIPCIONES, horarios, manejadores};
pub use politica::Politica;

use ramal_db::Migracion;
use ramal_web::{Rutas, Sitio};

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[
    Migracion {
        id: "20261120_1030_facturacion",
        sql: include_str!("../migrations/20261120_1030_facturacion.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261120_1625_operaciones",
        sql: include_str!("../migrations/20261120_1625_operaciones.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261121_1900_listas",
        sql: include_str!("../migrations/20261121_1900_listas.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261121_1910_previas",
        sql: include_str!("../migrations/20261121_1910_previas.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261122_0910_cuenta",
        sql: include_str!("../migrations/20261122_0910_cuenta.sql"),
        postgres: None,
    },
    ramal_cuenta::APERTURA,
    Migracion {
        id: "20261122_0912_abiertas",
        sql: include_str!("../migrations/20261122_0912_abiertas.sql"),
        postgres: None,
    },
];

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
