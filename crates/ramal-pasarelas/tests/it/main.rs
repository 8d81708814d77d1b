//! The adapters against the emulated gateway on the loopback, and against the vendors' own
//! libraries. No test of this binary needs a database.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod avisos;
mod basura;
mod camino;
mod fallas;
mod herramientas;
mod jueces;
mod mundo;
mod referencias;
