//! Risks of the crate as its users meet them: reading, canonical forms, signatures, keys.
//!
//! It does not test what a country asks of a document; its own crate does.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod comun;

mod certificados;
mod escritura;
mod firma;
mod formas_canonicas;
mod lectura;
mod llaves;
mod robustez;
