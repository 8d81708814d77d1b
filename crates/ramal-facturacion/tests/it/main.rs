//! Tests of the slice on both engines: the run, operations on invoices, and the routes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod apertura;
mod api;
mod corrida;
mod cuenta;
mod listas;
mod mundo;
mod numeros;
mod operaciones;
mod paginas;
mod recargos;
mod sala;
