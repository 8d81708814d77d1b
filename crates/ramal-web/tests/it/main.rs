//! Tests of the HTTP kit through its routers. They know no slice.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod ataques;
mod casa;
mod eventos;
mod galeria;
mod idempotencia;
mod kit;
mod limites;
mod listas;
mod llamada;
mod referencia;
mod vestido;
