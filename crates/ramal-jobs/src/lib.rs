//! Work that happens after the transaction: queue, retries, dead letters, schedules, event relay.
//!
//! A job is written in the transaction of the change that asks for it and runs at least once, so
//! every handler is idempotent. Nothing here knows what a job does.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod cola;
pub mod error;
pub mod horario;
pub mod manejador;
pub mod obrero;
pub mod publicador;
pub mod registro;
mod relay;
mod storage;
pub mod tandas;
pub mod trabajo;
mod turno;

pub use cola::{Conteo, TrabajoMuerto, conteos, muertos, proximos, revive};
pub use error::JobError;
pub use horario::Horario;
pub use manejador::{Manejador, Politica};
pub use obrero::{Obrero, Resumen};
pub use publicador::{ArchivoPublicador, Publicador};
pub use registro::Registro;
pub use tandas::{
    AccionDeTanda, CorrerTanda, Encargo, MINIMO_DE_TANDA, NuevaTanda, Objeto, Resultado, TandaId,
    resume_tanda, retry_fallidos, start_tanda, stop_tanda,
};
pub use trabajo::{EventoEntregado, LoteTrabajos, NuevoTrabajo, Trabajo, enqueue};

use ramal_db::Migracion;

/// Migrations of the queue, the schedules and the bulk acts.
pub const MIGRACIONES: &[Migracion] = &[
    Migracion {
        id: "20261120_0910_trabajos",
        sql: include_str!("../migrations/20261120_0910_trabajos.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261121_0910_tandas",
        sql: include_str!("../migrations/20261121_0910_tandas.sql"),
        postgres: None,
    },
];
