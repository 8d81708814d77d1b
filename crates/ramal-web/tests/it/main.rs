//! Tests of the HTTP kit through its routers. They know no slice.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod idempotencia;
mod kit;
mod llamada;
mod referencia;
