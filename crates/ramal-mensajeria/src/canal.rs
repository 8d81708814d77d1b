//! Channels by which a person is told something. It calls none of them.

use serde::{Deserialize, Serialize};

/// A way to reach somebody.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Canal {
    /// WhatsApp Cloud API.
    Whatsapp,
    /// E-mail.
    Email,
    /// A note inside the program, for a cliente or a usuario.
    App,
}

impl Canal {
    /// All of them.
    pub const TODOS: [Canal; 3] = [Canal::Whatsapp, Canal::Email, Canal::App];

    /// Stable name; that of the customers' consents.
    pub fn as_str(self) -> &'static str {
        match self {
            Canal::Whatsapp => "whatsapp",
            Canal::Email => "email",
            Canal::App => "app",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn parse(texto: &str) -> Option<Canal> {
        Canal::TODOS.into_iter().find(|c| c.as_str() == texto)
    }

    /// `whatsapp,email` as it is stored.
    pub(crate) fn join(canales: &[Canal]) -> String {
        canales.iter().map(|c| c.as_str()).collect::<Vec<_>>().join(",")
    }

    /// Reads what [`Self::join`] gives; what is no channel is left out.
    pub(crate) fn split(texto: &str) -> Vec<Canal> {
        texto.split(',').filter_map(Canal::parse).collect()
    }
}
