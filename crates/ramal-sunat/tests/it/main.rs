//! Integration tests of ramal-sunat: one binary, a module per risk. They reach no network.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod ajenos;
mod cdr;
mod comun;
mod ejemplo;
mod muestras;
mod propiedades;
mod validador;
mod vectores;
