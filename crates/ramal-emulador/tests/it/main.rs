//! Conformance of the emulators through HTTP, with documents written by hand here. It deliberately
//! uses no builder.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod basura;
mod cancelacion;
mod carrera;
mod cfdi;
mod correo;
mod fallas;
mod http;
mod pac;
mod pagos;
mod pasarela;
mod sunat;
mod sunat_fallas;
mod sunat_resumen;
mod ubl;
mod whatsapp;
