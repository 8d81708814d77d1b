//! SUNAT electronic documents (CPE) as a pure format: model, arithmetic, canonical writing,
//! signature, reading, answers. It opens no socket, no file and no database, and reads no clock.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod armado;
pub mod catalogos;
pub mod cdr;
pub mod errores;
pub mod escritura;
pub mod fault;
pub mod firma;
pub mod importes;
pub mod lectura;
pub mod modelo;
pub mod nombres;
pub mod normas;
pub mod qr;
pub mod soap;
pub mod texto;
pub mod validador;
pub mod zip;

pub use catalogos::{Afectacion, Tipo, TipoIdentidad, Tributo};
pub use escritura::{SinFirma, escribir_baja, escribir_cpe, escribir_nota, escribir_resumen};
pub use firma::{FirmaError, Firmado, FirmanteSunat};
