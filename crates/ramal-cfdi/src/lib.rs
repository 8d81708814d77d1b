//! Mexican electronic invoice: CFDI 4.0 (ingreso, egreso, pago, global), sello, timbre,
//! cancellation, and the judging of documents made by others.
//!
//! Pure formats: bytes in, bytes out. It opens no file or socket, reads no clock and knows no
//! database; the PAC connectors and the state machines live above.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod cadena;
pub mod cancelacion;
pub mod catalogo;
pub mod construir;
pub mod csd;
mod escritura;
pub mod importes;
pub mod lectura;
pub mod modelo;
pub mod qr;
pub mod sello;
pub mod texto;
pub mod timbre;
pub mod validacion;
pub mod valor;
pub mod verificacion;

pub use csd::{Csd, CsdError};
pub use modelo::Comprobante;
pub use sello::{Sellado, sellar};
pub use texto::Texto;
pub use valor::Valor;
