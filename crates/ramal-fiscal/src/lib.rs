//! Legal documents of any country behind one neutral [`Comprobante`]: numbers, certificates,
//! sealing, sending, states.
//!
//! Promise: a number is taken once, a document is frozen before it is sent, and no invoice gets two
//! stamps. It never hears of a factura: callers hand it parties, lines and an opaque origin.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod alarma;
mod archivo;
pub mod baja;
pub mod carga;
pub mod comprobacion;
pub mod comprobante;
pub mod conexiones;
mod constancias;
pub mod emision;
pub mod emisor;
mod envio;
pub mod error;
pub mod estado;
pub mod events;
pub mod export;
pub mod firmante;
pub mod http;
pub mod impreso;
pub mod jobs;
pub mod listado;
pub mod lotes;
mod mx;
pub mod nombre;
mod pe;
mod plazo;
pub mod preparado;
pub mod ritmo;
pub mod series;
pub mod storage;
pub mod textos;
pub mod vigilancia;

pub use comprobante::{
    Comprobante, ComprobanteId, Contenido, FormaPago, Impuesto, Linea, Origen, Receptor, Relacion,
    Tipo,
};
pub use conexiones::Conexiones;
pub use emision::Sellado;
pub use emisor::EmisorFiscal;
pub use error::Error;
pub use estado::Estado;
pub use firmante::Firmante;
pub use http::{PERMISOS, rutas, sitio};
pub use jobs::{SUSCRIPCIONES, horarios, manejadores};
pub use preparado::{Montos, Preparado, prepare};

use ramal_db::Migracion;

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[
    Migracion {
        id: "20261120_0950_fiscal",
        sql: include_str!("../migrations/20261120_0950_fiscal.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261120_1615_fiscal_envio",
        sql: include_str!("../migrations/20261120_1615_fiscal_envio.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261121_1910_fiscal_paginas",
        sql: include_str!("../migrations/20261121_1910_fiscal_paginas.sql"),
        postgres: None,
    },
];
