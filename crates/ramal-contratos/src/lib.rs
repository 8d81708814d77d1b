//! Contracts and services: anchors, facts of a service, the price segments that follow from them,
//! and the actions that record them.
//! It never bills: what a period costs and what was posted belongs to ramal-facturacion.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod ancla;
mod cambio;
pub mod comandos;
pub mod contrato;
pub mod error;
pub mod events;
pub mod hecho;
pub mod http;
pub mod jobs;
pub mod maquina;
pub mod periodo;
pub mod permisos;
pub mod referencia;
pub mod reglas;
pub mod servicio;
pub mod storage;
pub mod textos;
pub mod tramos;
pub mod vencimiento;
pub mod vigente;

pub use ancla::{Ancla, AnclaError, PoliticaAncla};
pub use contrato::{Contrato, ContratoId};
pub use error::Error;
pub use hecho::{Centavos, EventoServicio, Hecho, ValorDescuento, desde_efectivo};
pub use jobs::{horarios, manejadores};
pub use periodo::{Periodo, SIN_FIN, numero_de_dia};
pub use servicio::{Servicio, ServicioId};
pub use tramos::{
    AnclaVigente, EstadoServicio, LineaTiempo, Motivo, PoliticaTramos, SuspensionCobro, Tramo,
    estado_en, linea_tiempo, tramos,
};
pub use vencimiento::{EstadoVencimiento, ResumenServicios, resumen_servicios};

use ramal_db::Migracion;
use ramal_web::{Rutas, Sitio};

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[
    Migracion {
        id: "20261120_1020_contratos",
        sql: include_str!("../migrations/20261120_1020_contratos.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261120_1021_vencimientos",
        sql: include_str!("../migrations/20261120_1021_vencimientos.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261121_1905_listas",
        sql: include_str!("../migrations/20261121_1905_listas.sql"),
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
