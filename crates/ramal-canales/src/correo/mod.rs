//! Mail: bytes frozen once, and sent as they are over SMTP. It queues nothing and resends nothing.

mod congelar;
pub mod dkim;
mod dkim_forma;
mod envio;
mod nuevo;
pub mod oauth;
pub mod smtp;

pub use congelar::freeze;
pub use envio::{CorreoCongelado, Entrega, EnvioCorreo, ResultadoCorreo};
pub use nuevo::{AdjuntoCorreo, BajaCorreo, Buzon, CorreoInvalido, Hilo, NuevoCorreo, Origen};
