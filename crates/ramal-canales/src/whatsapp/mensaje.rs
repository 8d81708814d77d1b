//! A message to send, in words of ours. It writes no JSON: the client does.

/// Message to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MensajeWhatsapp {
    /// To whom.
    pub destino: DestinoWhatsapp,
    /// What.
    pub contenido: Contenido,
    /// Our id of the sending, echoed in every status (`biz_opaque_callback_data`); at most 512
    /// characters.
    pub referencia: String,
    /// wamid of the message that this one quotes.
    pub cita: Option<String>,
}

/// Who gets it: the phone when it is known, else the business-scoped id (W11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DestinoWhatsapp {
    /// E.164, with or without `+`.
    Telefono(String),
    /// BSUID: `MX.1349…`.
    Bsuid(String),
}

/// Content of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contenido {
    /// Free text, only inside the 24-hour window.
    Texto {
        /// 1 to 4,096 characters.
        cuerpo: String,
        /// Whether the first link is shown as a card.
        vista_previa: VistaPrevia,
    },
    /// Approved template.
    Plantilla(PlantillaEnviada),
    /// Image, document, audio, video or sticker, only inside the window.
    Medio(MedioEnviado),
}

/// Card of the first link of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VistaPrevia {
    /// None.
    #[default]
    No,
    /// Shown.
    Si,
}

/// An approved template with its values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlantillaEnviada {
    /// Name as registered.
    pub nombre: String,
    /// Exact language code: `es_MX`, `es_PE`, `es`.
    pub idioma: String,
    /// Value of the header, if it has a variable or media.
    pub encabezado: Option<Encabezado>,
    /// Values of the body, in order.
    pub cuerpo: Vec<Variable>,
    /// Values of its buttons.
    pub botones: Vec<BotonVariable>,
}

/// Value of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encabezado {
    /// Text variable.
    Texto(Variable),
    /// Image, video or document.
    Medio(MedioEnviado),
}

/// A value of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Name, for templates with named parameters; `None` is positional.
    pub nombre: Option<String>,
    /// Text, without line feeds or tabs.
    pub texto: String,
}

impl Variable {
    /// A positional value.
    pub fn positional(texto: impl Into<String>) -> Variable {
        Variable { nombre: None, texto: texto.into() }
    }
}

/// Value of a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotonVariable {
    /// Place of the button, from 0.
    pub indice: u8,
    /// Kind.
    pub tipo: TipoBoton,
    /// Suffix of the address, code to copy, or payload of the quick reply.
    pub texto: String,
}

/// Kinds of button that take a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TipoBoton {
    /// Address with a variable suffix.
    Url,
    /// Code to copy.
    CopiarCodigo,
    /// Quick reply.
    Respuesta,
}

/// A file inside a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MedioEnviado {
    /// Kind.
    pub clase: super::ClaseMedio,
    /// Where the channel takes it from.
    pub fuente: FuenteMedio,
    /// Caption; image, video and document only.
    pub pie: Option<String>,
    /// File name; document only.
    pub nombre: Option<String>,
}

/// Where a file comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FuenteMedio {
    /// Uploaded before; lives 30 days.
    Id(String),
    /// Public HTTPS address.
    Enlace(String),
}
