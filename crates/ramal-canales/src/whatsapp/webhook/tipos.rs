//! What a webhook tells, in types. Each one keeps its raw JSON: nothing is ever dropped.

use ramal_base::Instante;
use serde_json::Value;

use crate::FallaEnvio;
use crate::whatsapp::{CategoriaPlantilla, EstadoPlantilla};

/// The body is not a webhook of WhatsApp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("el cuerpo no es un aviso de WhatsApp")]
pub struct WebhookIlegible;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Suceso {
    /// Account (`entry.id`).
    pub waba_id: String,
    /// Line it belongs to (`metadata.phone_number_id`): the only thing to route by (W5).
    pub phone_number_id: Option<String>,
    /// Field of the change: `messages`, `message_template_status_update`…
    pub campo: String,
    /// What.
    pub hecho: Hecho,
}

/// Kinds of thing.
#[derive(Clone, Debug, PartialEq)]
pub enum Hecho {
    /// A person wrote. Key: `(phone_number_id, wamid)`.
    Mensaje(Box<MensajeEntrante>),
    /// The owner wrote from the phone (coexistence): never to be sent again (W28).
    Eco(Box<MensajeEntrante>),
    /// A message imported from the phone's history: silent (W28).
    Historia(Box<MensajeEntrante>),
    /// A message of ours moved. Key: `(wamid, avance)`.
    Estado(Box<EstadoMensaje>),
    /// An error that belongs to no message.
    Error(ErrorMeta),
    /// A template changed.
    Plantilla(CambioPlantilla),
    /// A person stopped or resumed marketing (W30).
    Preferencia(Preferencia),
    /// Anything else, raw: account, quality, and what does not exist yet.
    Otro(Value),
}

/// Names of a person; any may be missing (W8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identidad {
    /// Phone as the channel writes it (`wa_id`), digits.
    pub wa_id: Option<String>,
    /// Business-scoped user id.
    pub bsuid: Option<String>,
    /// Of the parent portfolio.
    pub bsuid_padre: Option<String>,
    /// Username.
    pub usuario: Option<String>,
    /// Name of the profile.
    pub nombre: Option<String>,
}

/// Kinds of message of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TipoEntrante {
    /// Text.
    Texto,
    /// Image.
    Imagen,
    /// Video.
    Video,
    /// Audio or voice note.
    Audio,
    /// Document.
    Documento,
    /// Sticker.
    Sticker,
    /// Location.
    Ubicacion,
    /// Cards of contacts.
    Contactos,
    /// Quick reply of a template.
    Boton,
    /// Answer to buttons, a list or a flow.
    Interactivo,
    /// Order of a catalogue.
    Pedido,
    /// Reaction; its text is the emoji, `None` when it was taken away.
    Reaccion,
    /// Edit of an earlier message.
    Edicion,
    /// An earlier message was deleted for everyone.
    Revocacion,
    /// Of the system: number or identity changed (W10). It does not open the window.
    Sistema,
    /// First contact without text.
    Bienvenida,
    /// The channel cannot deliver it (131051).
    NoAdmitido,
    /// Unknown to us, as written.
    Otro(String),
}

/// A message of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct MensajeEntrante {
    /// Id, opaque.
    pub wamid: String,
    /// Who.
    pub de: Identidad,
    /// To whom; echoes only.
    pub para: Option<String>,
    /// When, by the channel; the window counts from here.
    pub momento: Instante,
    /// Kind.
    pub tipo: TipoEntrante,
    /// What can be read of it: text, caption, label of the button, emoji.
    pub texto: Option<String>,
    /// Payload of a button, or id of a reply.
    pub carga: Option<String>,
    /// Message that it quotes, reacts to, edits or revokes.
    pub cita: Option<Cita>,
    /// Its file.
    pub medio: Option<MedioEntrante>,
    /// Errors that came with it.
    pub errores: Vec<ErrorMeta>,
    /// As it came.
    pub crudo: Value,
}

/// Message that another refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cita {
    /// wamid.
    pub wamid: String,
    /// Its author, if told.
    pub de: Option<String>,
}

/// File of a message; its id lives 7 days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MedioEntrante {
    /// Id to ask for it.
    pub id: String,
    /// MIME type.
    pub mime: String,
    /// SHA-256 as it came (base64 or hexadecimal).
    pub sha256: Option<String>,
    /// File name of a document.
    pub nombre: Option<String>,
    /// Address, where it comes already (since November 2025).
    pub url: Option<String>,
    /// Whether it is a voice note.
    pub voz: bool,
}

/// How far a message of ours got. They come in any order: the highest rank stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Avance {
    /// Left the channel.
    Enviado,
    /// On the phone.
    Entregado,
    /// Seen; implies delivered.
    Leido,
    /// Voice note played.
    Reproducido,
    /// Will not arrive.
    Fallido,
    /// Unknown to us, as written.
    Otro(String),
}

impl Avance {
    /// Rank: accepted is 0, and only a higher one replaces. `None` for what is no progress.
    pub fn rango(&self) -> Option<u8> {
        match self {
            Avance::Enviado => Some(1),
            Avance::Entregado => Some(2),
            Avance::Leido => Some(3),
            Avance::Reproducido => Some(4),
            Avance::Fallido | Avance::Otro(_) => None,
        }
    }
}

/// Status of a message of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct EstadoMensaje {
    /// Id of the message.
    pub wamid: String,
    /// How far.
    pub avance: Avance,
    /// When, by the channel.
    pub momento: Instante,
    /// Phone or BSUID it went to.
    pub destinatario: Option<String>,
    /// Our id of the sending: resolves an uncertain one (W23).
    pub referencia: Option<String>,
    /// Price.
    pub precio: Option<Precio>,
    /// Why it failed.
    pub errores: Vec<ErrorMeta>,
    /// As it came.
    pub crudo: Value,
}

/// Price of a message (W27).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precio {
    /// Whether it is charged.
    pub cobrable: Option<bool>,
    /// `PMP`, or `CBP` before July 2025.
    pub modelo: Option<String>,
    /// `utility`, `marketing`, `authentication`, `service`, `referral_conversion`.
    pub categoria: Option<String>,
    /// `regular`, `free_customer_service`, `free_entry_point`.
    pub tipo: Option<String>,
}

/// An error of the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorMeta {
    /// Code: the only thing to decide by.
    pub codigo: i64,
    /// Title or message.
    pub mensaje: String,
    /// Detail.
    pub detalle: Option<String>,
}

impl ErrorMeta {
    /// What may follow.
    pub fn falla(&self) -> FallaEnvio {
        crate::whatsapp::of_codigo(self.codigo, &self.texto())
    }

    /// Message and detail in one line.
    pub fn texto(&self) -> String {
        match &self.detalle {
            Some(d) if *d != self.mensaje => format!("{}: {d}", self.mensaje),
            _ => self.mensaje.clone(),
        }
    }
}

/// A template changed of state or category.
#[derive(Clone, Debug, PartialEq)]
pub struct CambioPlantilla {
    /// Id at the channel.
    pub id: Option<String>,
    /// Name.
    pub nombre: String,
    /// Language code.
    pub idioma: String,
    /// New state, if it changed.
    pub estado: Option<EstadoPlantilla>,
    /// New category, if it changed: it changes the price.
    pub categoria: Option<CategoriaPlantilla>,
    /// Reason, as written.
    pub motivo: Option<String>,
    /// As it came.
    pub crudo: Value,
}

/// A person chose about marketing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferencia {
    /// Who.
    pub de: Identidad,
    /// `marketing_messages`.
    pub categoria: String,
    /// `stop` or `resume`, as written.
    pub valor: String,
    /// When.
    pub momento: Instante,
}

impl Preferencia {
    /// Whether it stops marketing.
    pub fn is_baja(&self) -> bool {
        self.valor == "stop"
    }
}
