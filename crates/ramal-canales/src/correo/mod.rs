//! Mail: bytes frozen once, and sent as they are over SMTP. It queues nothing and resends nothing.

mod envio;

pub use envio::{CorreoCongelado, Entrega, EnvioCorreo, ResultadoCorreo};
