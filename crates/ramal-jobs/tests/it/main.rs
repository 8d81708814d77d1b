//! Tests of the queue on both engines. One file per risk; no test waits for real time.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod apoyo;
mod cola;
mod eventos;
mod fallas;
mod horarios;
mod procesos;
mod tandas;
