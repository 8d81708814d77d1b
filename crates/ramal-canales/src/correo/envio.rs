//! The port to mail: a frozen message in, the fate of each recipient out. It builds no MIME.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::FallaEnvio;

/// One account that sends mail.
#[async_trait]
pub trait EnvioCorreo: Send + Sync {
    /// Sends exactly these bytes.
    ///
    /// `Ok` if at least one recipient was accepted, or if they were refused for different reasons:
    /// look at each one. With a single recipient `Ok` always means accepted.
    ///
    /// Errors: what befell all of them alike. `Incierto` only when the connection was lost between
    /// the final dot and its answer: never to be resent without asking (S4).
    async fn send(&self, correo: &CorreoCongelado) -> Result<ResultadoCorreo, FallaEnvio>;
}

/// A message that will not change: every try sends these bytes (S2).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorreoCongelado {
    /// Envelope sender; empty is the null path.
    pub de: String,
    /// Envelope recipients.
    pub para: Vec<String>,
    /// The message, lines ended in CRLF.
    pub bytes: Vec<u8>,
    /// `<id@dominio>`, as inside the bytes.
    pub message_id: String,
}

impl std::fmt::Debug for CorreoCongelado {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Addresses and content are personal data: they never reach a log.
        f.debug_struct("CorreoCongelado")
            .field("message_id", &self.message_id)
            .field("para", &self.para.len())
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// Fate of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entrega {
    /// Address, as in the envelope.
    pub direccion: String,
    /// What the server answered when it took it, or why it did not.
    pub resultado: Result<String, FallaEnvio>,
}

/// Fate of every recipient, in the order of the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultadoCorreo {
    /// One per recipient.
    pub entregas: Vec<Entrega>,
}

impl ResultadoCorreo {
    /// Recipients that were not taken, with the reason.
    pub fn fallidas(&self) -> impl Iterator<Item = (&str, &FallaEnvio)> {
        self.entregas
            .iter()
            .filter_map(|e| e.resultado.as_ref().err().map(|f| (e.direccion.as_str(), f)))
    }

    /// Whether every recipient was taken.
    pub fn is_completo(&self) -> bool {
        self.entregas.iter().all(|e| e.resultado.is_ok())
    }
}
