//! Reading of `POST /{phone_number_id}/messages`: what it says and to whom, in strict shape. It
//! changes nothing.

use serde_json::Value;

use super::campos::Campos;
use super::fallo::Fallo;
use super::numero::wa_id;
use super::plantilla_uso::file;
use super::tipos::Adjunto;

const CLAVES: [&str; 21] = [
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
    "text",
    "template",
    "image",
    "document",
    "video",
    "audio",
    "sticker",
    "reaction",
    "status",
    "message_id",
    "typing_indicator",
    "interactive",
    "location",
    "contacts",
];

/// A request that was read.
#[derive(Debug)]
pub enum Pedido<'a> {
    /// Read mark of this wamid.
    Leido(&'a str),
    /// A message.
    Mensaje(Mensaje<'a>),
}

/// A message to send.
#[derive(Debug)]
pub struct Mensaje<'a> {
    /// Who gets it.
    pub destino: Destino<'a>,
    /// What.
    pub contenido: Contenido<'a>,
    /// Reference to echo.
    pub referencia: Option<&'a str>,
    /// wamid quoted.
    pub cita: Option<&'a str>,
}

/// Who gets a message.
#[derive(Debug)]
pub enum Destino<'a> {
    /// Digits as they came, and the id that WhatsApp gives them.
    Telefono(&'a str, String),
    /// Business-scoped id.
    Bsuid(&'a str),
}

/// What a message says.
#[derive(Debug)]
pub enum Contenido<'a> {
    /// Free text.
    Texto(&'a str),
    /// A template, unread.
    Plantilla(&'a Value),
    /// A file with its caption.
    Medio(Adjunto, String),
    /// An emoji on a message.
    Reaccion(&'a str),
}

impl Contenido<'_> {
    /// As in `type`.
    pub fn clase(&self) -> &str {
        match self {
            Contenido::Texto(_) => "text",
            Contenido::Plantilla(_) => "template",
            Contenido::Medio(medio, _) => &medio.clase,
            Contenido::Reaccion(_) => "reaction",
        }
    }
}

/// Reads a request.
///
/// Errors: 100, 131008, 131009, 131051.
pub fn read(cuerpo: &Value) -> Result<Pedido<'_>, Fallo> {
    let c = Campos::read(cuerpo, "message", &CLAVES)?;
    if c.optional("messaging_product")? != Some("whatsapp") {
        return Err(Fallo::parametro("The parameter messaging_product is required."));
    }
    if let Some(estado) = c.optional("status")? {
        if estado != "read" {
            return Err(Fallo::parametro("Param status must be one of {READ}."));
        }
        return Ok(Pedido::Leido(c.text("message_id")?));
    }
    if c.optional("recipient_type")?.is_some_and(|t| t != "individual") {
        return Err(Fallo::parametro("Param recipient_type must be one of {INDIVIDUAL}."));
    }
    let referencia = c.optional("biz_opaque_callback_data")?;
    if referencia.is_some_and(|r| r.chars().count() > 512) {
        return Err(Fallo::parametro("biz_opaque_callback_data: at most 512 characters."));
    }
    let cita = match c.get("context") {
        Some(contexto) => {
            Some(Campos::read(contexto, "context", &["message_id"])?.text("message_id")?)
        }
        None => None,
    };
    let (destino, contenido) = (recipient(&c)?, content(&c)?);
    Ok(Pedido::Mensaje(Mensaje { destino, contenido, referencia, cita }))
}

/// If both are present, `to` wins.
fn recipient<'a>(c: &Campos<'a>) -> Result<Destino<'a>, Fallo> {
    if let Some(to) = c.optional("to")? {
        let digitos = to.strip_prefix('+').unwrap_or(to);
        let wa = wa_id(digitos);
        return match wa {
            Some(wa) => Ok(Destino::Telefono(to, wa)),
            None => Err(Fallo::new(131_009, format!("to: {to} is not a phone number"))),
        };
    }
    match c.optional("recipient")? {
        Some(id) if id.get(2..3) == Some(".") => Ok(Destino::Bsuid(id)),
        Some(_) => Err(Fallo::new(131_009, "recipient: not a business-scoped user id")),
        None => Err(Fallo::new(131_008, "The parameter to is required.")),
    }
}

fn content<'a>(c: &Campos<'a>) -> Result<Contenido<'a>, Fallo> {
    let tipo = c.optional("type")?.unwrap_or("text");
    let falta = || Fallo::new(131_008, format!("The parameter {tipo} is required."));
    let cuerpo = c.get(tipo);
    match tipo {
        "text" => text(cuerpo.ok_or_else(falta)?),
        "template" => Ok(Contenido::Plantilla(cuerpo.ok_or_else(falta)?)),
        "image" | "video" | "document" | "audio" | "sticker" => {
            media(tipo, cuerpo.ok_or_else(falta)?)
        }
        "reaction" => {
            let r = Campos::read(cuerpo.ok_or_else(falta)?, "reaction", &["message_id", "emoji"])?;
            r.text("message_id")?;
            Ok(Contenido::Reaccion(r.optional("emoji")?.unwrap_or_default()))
        }
        "interactive" | "location" | "contacts" => {
            Err(Fallo::new(131_051, format!("The emulator does not know messages of type {tipo}")))
        }
        otro => Err(Fallo::parametro(format!(
            "Param type must be one of {{TEXT, TEMPLATE, IMAGE, \
            DOCUMENT, VIDEO, AUDIO, STICKER, REACTION}}, got {otro}."
        ))),
    }
}

fn text(cuerpo: &Value) -> Result<Contenido<'_>, Fallo> {
    let t = Campos::read(cuerpo, "text", &["body", "preview_url"])?;
    t.flag("preview_url")?;
    let texto = t.text("body")?;
    if texto.chars().count() > 4_096 {
        return Err(Fallo::parametro("Param text['body'] must be at most 4096 characters long."));
    }
    Ok(Contenido::Texto(texto))
}

fn media<'a>(tipo: &str, cuerpo: &'a Value) -> Result<Contenido<'a>, Fallo> {
    let claves: &[&str] = match tipo {
        "document" => &["id", "link", "caption", "filename"],
        "image" | "video" => &["id", "link", "caption"],
        _ => &["id", "link"],
    };
    let pie = cuerpo["caption"].as_str().unwrap_or_default();
    if pie.chars().count() > 1_024 {
        return Err(Fallo::parametro("caption: at most 1024 characters."));
    }
    Ok(Contenido::Medio(file(cuerpo, tipo, claves)?, pie.to_owned()))
}
