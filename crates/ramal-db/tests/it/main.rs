//! Tests of the data layer on both engines. One file per risk.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod correlativos;
mod errores;
mod lotes;
mod migraciones;
mod objetos;
mod transacciones;
mod valores;
