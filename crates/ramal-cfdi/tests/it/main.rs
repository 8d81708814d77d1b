//! Tests of the crate through its public API, by risk.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cadenas;
mod cancelaciones;
mod csd;
mod importes;
mod mundo;
mod pagos;
mod sellado;
mod timbres;
mod validaciones;
mod verificaciones;
