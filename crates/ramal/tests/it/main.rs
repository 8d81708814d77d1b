//! The command line as a script uses it: exit codes, one JSON object on stdout, nothing done twice.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod contrato;
mod documentos;
mod espera;
mod mes;
mod paginas;
mod programa;
mod roles;
mod servido;
