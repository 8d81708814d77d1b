//! Dunning: notices, promises, late fees, cuts with brakes, reconnection.
//!
//! It decides when; what a suspended day costs belongs to ramal-contratos and ramal-facturacion.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod aviso;
pub mod corte;
pub mod ejecucion;
pub mod episodio;
pub mod error;
pub mod events;
pub mod expediente;
pub mod http;
pub mod jobs;
pub mod nucleo;
pub mod pasada;
mod pasos;
pub mod permisos;
pub mod puertos;
pub mod red;
pub mod reglas;
mod renglones;
pub mod storage;
pub mod textos;

pub use episodio::{EpisodioVista, episodio_de};
pub use error::Error;
pub use jobs::{SUSCRIPCIONES, horarios, manejadores};
pub use nucleo::Freno;
pub use puertos::{
    Asunto, Avisos, FallaPuerto, FallaRed, Frenos, Fuente, NuevoAviso, Observado, OrdenRed,
    Puertos, Red, Reparto,
};
pub use red::{EstadoRed, RedEmulada, RedRegistrada};

use ramal_db::Migracion;
use ramal_web::{Rutas, Sitio};

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[Migracion {
    id: "20261122_1000_cobranza",
    sql: include_str!("../migrations/20261122_1000_cobranza.sql"),
    postgres: None,
}];

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
