//! Customers: who they are, where they live, how to reach them, what they consented to.
//!
//! Promise: an identity is stored once, normalised and checked; a refused form says every field at
//! once. It knows nothing of what a customer buys or owes.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod busqueda;
pub mod cliente;
pub mod error;
pub mod events;
pub mod hallazgo;
pub mod http;
pub mod jobs;
pub mod permisos;
pub mod referencia;
pub mod storage;
pub mod textos;
pub mod validacion;

pub use cliente::{Cliente, ClienteId, DatosCliente, EstadoCliente};
pub use error::Error;
pub use hallazgo::{Hallazgo, search};
pub use http::paginas::ficha::{Ficha, ficha};
pub use jobs::manejadores;

use ramal_db::Migracion;
use ramal_web::{Rutas, Sitio};

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[
    Migracion {
        id: "20261120_1000_clientes",
        sql: include_str!("../migrations/20261120_1000_clientes.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261121_1900_busqueda",
        sql: include_str!("../migrations/20261121_1900_busqueda.sql"),
        postgres: None,
    },
];

/// Permissions that the slice's routes ask for.
pub const PERMISOS: &[&str] = permisos::TODOS;

/// Routes of the slice, relative to `/api/v1`.
pub fn rutas() -> Rutas {
    http::rutas()
}

/// Pages of the slice.
pub fn sitio() -> Sitio {
    http::paginas::sitio()
}
