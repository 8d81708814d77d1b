//! Emulated counterparts: a PAC with the SAT behind it, SUNAT, a payment gateway, WhatsApp and a
//! mail server. As strict as the real ones, with faults on demand. It deliberately shares no code
//! with the crates that speak to them.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod bitacora;
pub mod correo;
mod decimales;
mod error;
pub mod fallas;
mod firma;
pub mod pac;
pub mod pasarela;
mod prueba;
mod servidor;
mod soap;
pub mod sunat;
pub mod whatsapp;
mod xml;

pub use error::Error;
pub use fallas::Fallas;
pub use servidor::servir;
