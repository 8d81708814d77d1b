//! Tests of the slice: keys and permissions over HTTP, secrets and the trail in the database.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod auditoria;
mod claves;
mod cuentas;
mod empresa;
mod ingreso;
mod mundo;
mod navegador;
mod oidc;
mod paginas;
mod rutas;
mod secretos;
