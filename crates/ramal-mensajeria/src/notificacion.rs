//! The noun that callers use: an intent to tell somebody something, and how it stands. What leaves
//! on a channel is an envio.

use ramal_base::{Id, Instante, Pais};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::valor::Variables;
use crate::{Canal, Clase};

/// Marker of notification ids.
pub struct Notificacion;

/// Identifier of a notification.
pub type NotificacionId = Id<Notificacion>;

/// Whom to tell. `Debug` tells the ids alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Destinatario {
    /// Cliente, if it is one.
    pub cliente_id: Option<Uuid>,
    /// Usuario, if it is one.
    pub usuario_id: Option<Uuid>,
    /// Name, as he is addressed.
    pub nombre: String,
    /// E-mail.
    pub email: Option<String>,
    /// Telephone with WhatsApp, E.164.
    pub whatsapp: Option<String>,
    /// Country: words, money, quiet hours.
    pub pais: Pais,
    /// IANA zone in which he sleeps, e.g. `America/Lima`.
    pub zona_horaria: String,
    /// Channels that his consents allow, the preferred first.
    pub canales: Vec<Canal>,
}

impl std::fmt::Debug for Destinatario {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Destinatario")
            .field("cliente_id", &self.cliente_id)
            .field("usuario_id", &self.usuario_id)
            .finish_non_exhaustive()
    }
}

impl Destinatario {
    /// His address on a channel; ids stand for the note inside the program.
    pub fn address(&self, canal: Canal) -> Option<String> {
        match canal {
            Canal::Whatsapp => self.whatsapp.clone(),
            Canal::Email => self.email.clone(),
            Canal::App => self
                .cliente_id
                .map(|id| format!("cliente/{id}"))
                .or_else(|| self.usuario_id.map(|id| format!("usuario/{id}"))),
        }
    }
}

/// A file that goes with the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjunto {
    /// Name that the addressee sees.
    pub nombre: String,
    /// Type, e.g. `application/pdf`.
    pub mime: String,
    /// Key in the object store.
    pub objeto: String,
    /// SHA-256 of its bytes, hexadecimal; the object store asks for it.
    pub huella: String,
}

/// Something to tell.
#[derive(Clone, Debug)]
pub struct NuevaNotificacion {
    /// Kind; chooses templates, consent and urgency.
    pub clase: Clase,
    /// To whom.
    pub destinatario: Destinatario,
    /// Values for the templates; `plantilla::variables` says which each kind takes.
    pub variables: Variables,
    /// Files.
    pub adjuntos: Vec<Adjunto>,
    /// Unique: the same key again is the same notification.
    pub clave: String,
    /// What it is about, e.g. `("factura", id)`.
    pub objeto: Option<(String, Uuid)>,
    /// Those of one kind and group may travel in one message, if the company groups.
    pub grupo: Option<String>,
    /// Not before this instant.
    pub no_antes: Option<Instante>,
}

impl NuevaNotificacion {
    /// A notification without files, object, group or date.
    pub fn new(
        clase: Clase,
        destinatario: Destinatario,
        variables: Variables,
        clave: impl Into<String>,
    ) -> NuevaNotificacion {
        NuevaNotificacion {
            clase,
            destinatario,
            variables,
            adjuntos: Vec::new(),
            clave: clave.into(),
            objeto: None,
            grupo: None,
            no_antes: None,
        }
    }
}

/// How a notification stands: the best that any of its envios reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoNotificacion {
    /// Waits for its turn, its hour or its group.
    Encolada,
    /// Left; nobody has said that it arrived.
    Enviada,
    /// Arrived.
    Entregada,
    /// Was read.
    Leida,
    /// No channel could carry it.
    Fallida,
    /// It may have left: nobody knows, and it is not repeated by itself.
    Incierta,
    /// Was not sent on purpose: consent, opposition, no address.
    Suprimida,
}

impl EstadoNotificacion {
    /// All of them.
    pub const TODOS: [EstadoNotificacion; 7] = [
        EstadoNotificacion::Encolada,
        EstadoNotificacion::Enviada,
        EstadoNotificacion::Entregada,
        EstadoNotificacion::Leida,
        EstadoNotificacion::Fallida,
        EstadoNotificacion::Incierta,
        EstadoNotificacion::Suprimida,
    ];

    /// Stable name, as it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoNotificacion::Encolada => "encolada",
            EstadoNotificacion::Enviada => "enviada",
            EstadoNotificacion::Entregada => "entregada",
            EstadoNotificacion::Leida => "leida",
            EstadoNotificacion::Fallida => "fallida",
            EstadoNotificacion::Incierta => "incierta",
            EstadoNotificacion::Suprimida => "suprimida",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn parse(texto: &str) -> Option<EstadoNotificacion> {
        EstadoNotificacion::TODOS.into_iter().find(|e| e.as_str() == texto)
    }
}

/// A notification as other slices show it.
#[derive(Clone, Debug)]
pub struct NotificacionVista {
    /// Identifier.
    pub id: NotificacionId,
    /// Kind.
    pub clase: Clase,
    /// How it stands.
    pub estado: EstadoNotificacion,
    /// Channel of the last envio.
    pub canal: Option<Canal>,
    /// Why it was suppressed or failed; a code.
    pub motivo: Option<String>,
    /// When it was asked for.
    pub creado: Instante,
    /// When it last changed.
    pub actualizado: Instante,
}
