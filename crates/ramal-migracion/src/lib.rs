//! Import of customers and services from the system that a company leaves: a profile says how its
//! file reads, each row is judged by itself, a batch can be repeated and taken back.
//!
//! Promise: twice is once, and what stays out says why. It converts no invoices of the old system.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod defecto;
pub mod error;
pub mod evaluar;
pub mod events;
pub mod fila;
pub mod fuente;
pub mod http;
pub mod informe;
pub mod jobs;
pub mod lectura;
mod origen_db;
pub mod perfil;
pub mod permisos;
pub mod storage;
pub mod subida;
pub mod textos;
pub mod valores;
pub mod verificar;

pub use actions::{Deshecho, Duplicados, Intencion, PedidoImportacion, deshacer, importar};
pub use defecto::Defecto;
pub use error::Error;
pub use fuente::Origen;
pub use informe::{Avance, Informe};
pub use jobs::manejadores;
pub use perfil::Perfil;

use ramal_db::Migracion;
use ramal_web::{Rutas, Sitio};

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[
    Migracion {
        id: "20261120_1040_lotes",
        sql: include_str!("../migrations/20261120_1040_lotes.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261121_1040_subidas",
        sql: include_str!("../migrations/20261121_1040_subidas.sql"),
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
