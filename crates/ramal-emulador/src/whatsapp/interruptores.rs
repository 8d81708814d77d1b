//! Everything of WhatsApp that can be made to go wrong, as one JSON value. It applies none of it.

use serde::{Deserialize, Serialize};

use crate::fallas::{FallaCodigo, FallaHttp, Regla};

/// What happens to a new template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revision {
    /// Approved, with its webhook.
    #[default]
    Aprobar,
    /// Stays pending until a person decides on the page.
    Esperar,
    /// Refused, with its webhook.
    Rechazar,
}

/// Who reads a message that was delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lectura {
    /// The person, when the chat is opened on the page.
    #[default]
    AlAbrir,
    /// Everybody, at once.
    Enseguida,
}

/// When a message is refused for reasons of the person (window, opt-out, no WhatsApp).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Momento {
    /// Accepted, and then a status `failed`: what Meta does.
    #[default]
    Despues,
    /// In the answer to the request.
    EnLaRespuesta,
}

/// Switches of the emulator. The default makes nothing go wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Interruptores {
    /// Delay before a request is attended, ms.
    pub latencia_ms: u64,
    /// Connection closed before anything is processed.
    pub cortar_antes: Regla,
    /// Message accepted, and connection closed before the answer: the sender does not know.
    pub cortar_despues: Regla,
    /// HTTP status in place of an answer of the Graph API.
    pub http: FallaHttp,
    /// Error code in the answer to a sending: `130429`, `131056`, `190`…
    pub codigo: FallaCodigo,
    /// Error code in a status `failed` after a sending was accepted: `131026`, `131049`…
    pub codigo_estado: FallaCodigo,
    /// Webhooks that never leave.
    pub perder_avisos: Regla,
    /// Webhooks that leave twice.
    pub duplicar_avisos: Regla,
    /// Webhooks signed with another secret.
    pub firma_mala: Regla,
    /// Webhooks leave in any order.
    pub barajar: bool,
    /// Most events put in one webhook; 0 and 1 are one each.
    pub agrupar: usize,
    /// Wait before a webhook leaves, ms.
    pub demora_aviso_ms: i64,
    /// When a refusal about the person is told.
    pub rechazos: Momento,
    /// Who reads.
    pub lectura: Lectura,
    /// What happens to new templates.
    pub revision: Revision,
}
