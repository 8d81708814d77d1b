//! What the emulator keeps: phones, messages, templates, files. It writes no HTML and no JSON of
//! the Graph API.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A phone, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telefono {
    /// Id as WhatsApp writes it.
    pub wa_id: String,
    /// Business-scoped id.
    pub bsuid: String,
    /// Name of the profile.
    pub nombre: String,
    /// The number has no WhatsApp.
    pub sin_whatsapp: bool,
    /// The person stopped marketing.
    pub sin_marketing: bool,
    /// End of the 24-hour window, UTC ms; 0 if the person never wrote.
    pub ventana_hasta: i64,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sentido {
    /// The business.
    Empresa,
    /// The person.
    Persona,
}

/// How far a message of the business got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Avance {
    /// Accepted.
    Aceptado,
    /// Left.
    Enviado,
    /// On the phone.
    Entregado,
    /// Seen.
    Leido,
    /// Will not arrive.
    Fallido,
}

impl Avance {
    /// As in a status.
    pub fn as_str(self) -> &'static str {
        match self {
            Avance::Aceptado => "accepted",
            Avance::Enviado => "sent",
            Avance::Entregado => "delivered",
            Avance::Leido => "read",
            Avance::Fallido => "failed",
        }
    }
}

/// A message, as a bubble shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burbuja {
    /// Id.
    pub wamid: String,
    /// Whose chat.
    pub wa_id: String,
    /// Who wrote it.
    pub sentido: Sentido,
    /// When, UTC ms.
    pub momento: i64,
    /// Kind on the wire: `text`, `template`, `image`, `button`…
    pub clase: String,
    /// Template that it came from.
    pub plantilla: Option<String>,
    /// Category of the price: `utility`, `marketing`, `authentication`, `service`.
    pub categoria: String,
    /// Text of the header.
    pub encabezado: Option<String>,
    /// Text.
    pub cuerpo: String,
    /// Text of the foot.
    pub pie: Option<String>,
    /// Buttons.
    pub botones: Vec<Boton>,
    /// File.
    pub medio: Option<Adjunto>,
    /// wamid that it quotes.
    pub cita: Option<String>,
    /// Reference of the sender, echoed in statuses.
    pub referencia: Option<String>,
    /// Whether the window was open when it left.
    pub en_ventana: bool,
    /// How far it got.
    pub avance: Avance,
    /// Why it failed: code and detail.
    pub fallo: Option<(i64, String)>,
}

/// A button of a bubble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boton {
    /// Label.
    pub texto: String,
    /// `URL`, `QUICK_REPLY`, `PHONE_NUMBER`, `COPY_CODE`.
    pub tipo: String,
    /// Address, payload, number or code.
    pub valor: String,
}

/// A file of a bubble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjunto {
    /// Id; empty if it came as a link.
    pub id: String,
    /// Address, if it came as a link.
    pub enlace: String,
    /// `image`, `document`, `video`, `audio`, `sticker`.
    pub clase: String,
    /// File name.
    pub nombre: String,
}

/// A file that was uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medio {
    /// Id.
    pub id: String,
    /// MIME type.
    pub mime: String,
    /// File name.
    pub nombre: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Size, bytes.
    pub peso: usize,
    /// When, UTC ms; it lives 30 days.
    pub momento: i64,
    /// Content in base64.
    pub base64: String,
}

/// A template of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plantilla {
    /// Id.
    pub id: String,
    /// Name.
    pub nombre: String,
    /// Language code.
    pub idioma: String,
    /// `UTILITY`, `MARKETING`, `AUTHENTICATION`.
    pub categoria: String,
    /// `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, `DISABLED`.
    pub estado: String,
    /// `POSITIONAL` or `NAMED`.
    pub formato: String,
    /// Components, as they were asked for.
    pub componentes: Vec<Value>,
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evento {
    /// A phone is known, or changed.
    Telefono(Telefono),
    /// A message exists, or changed.
    Burbuja(Box<Burbuja>),
    /// A file was uploaded.
    Medio(Box<Medio>),
    /// A file was deleted.
    MedioBorrado(String),
    /// A template exists, or changed.
    Plantilla(Box<Plantilla>),
    /// A template was deleted.
    PlantillaBorrada(String),
}
