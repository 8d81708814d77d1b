//! Clients of WhatsApp Cloud API and SMTP on their real wire, behind neutral traits. They keep no
//! state of any message and know no database.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod circuito;
pub mod correo;
mod falla;
mod red;
mod secreto;
pub mod whatsapp;

pub use correo::{CorreoCongelado, EnvioCorreo, ResultadoCorreo};
pub use falla::{Alcance, Causa, CausaDetener, FallaEnvio};
pub use secreto::Secreto;
pub use whatsapp::{Aceptado, EnvioWhatsapp, MensajeWhatsapp};
