//! Tests of the slice: keys and permissions over HTTP, secrets and the trail in the database.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod auditoria;
mod claves;
mod empresa;
mod mundo;
mod rutas;
mod secretos;
