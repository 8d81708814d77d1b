//! Contracts and services: anchors, facts of a service and the price segments that
//! follow from them.
//! It never bills: what a period costs and what was posted belongs to ramal-facturacion.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod ancla;
pub mod hecho;
pub mod periodo;
pub mod servicio;
pub mod storage;
pub mod tramos;

pub use ancla::{Ancla, AnclaError, PoliticaAncla};
pub use hecho::{Centavos, EventoServicio, Hecho, ValorDescuento, desde_efectivo};
pub use periodo::{Periodo, SIN_FIN, numero_de_dia};
pub use servicio::{Servicio, ServicioId};
pub use tramos::{
    AnclaVigente, EstadoServicio, LineaTiempo, Motivo, PoliticaTramos, SuspensionCobro, Tramo,
    estado_en, linea_tiempo, tramos,
};

use ramal_db::Migracion;

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[Migracion {
    id: "20261120_1020_contratos",
    sql: include_str!("../migrations/20261120_1020_contratos.sql"),
    postgres: None,
}];
