//! A mail before it is frozen, in words of ours, and what it may not be. It encodes nothing.

use ramal_base::documentos;
use uuid::Uuid;

/// Longest subject, characters: more is no subject, and no line may pass 998 bytes.
const MAX_ASUNTO: usize = 255;
/// Largest message, bytes, all attachments together (before base64).
const MAX_PESO: usize = 25 * 1024 * 1024;

/// Why a mail cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorreoInvalido {
    /// An address is no address.
    #[error("una dirección de correo no es válida")]
    Direccion,
    /// There is nobody to send it to.
    #[error("el correo no tiene destinatario")]
    SinDestinatario,
    /// The subject is empty or too long.
    #[error("el asunto está vacío o pasa de 255 caracteres")]
    Asunto,
    /// It is too big.
    #[error("el correo pasa de 25 MB")]
    Tamanio,
    /// A MIME type is not one.
    #[error("el tipo de un adjunto no es válido")]
    Mime,
    /// The address to unsubscribe is not HTTPS.
    #[error("la dirección para darse de baja debe ser https://")]
    Baja,
    /// It could not be written.
    #[error("el correo no se pudo armar: {0}")]
    Armado(String),
    /// It could not be signed.
    #[error("el correo no se pudo firmar con DKIM")]
    Firma,
}

/// A mail to freeze.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NuevoCorreo {
    /// Our id of the sending: it becomes the Message-ID.
    pub id: Uuid,
    /// Who signs it.
    pub de: Buzon,
    /// Recipients.
    pub para: Vec<Buzon>,
    /// Recipients of a copy.
    pub copia: Vec<Buzon>,
    /// Where answers go.
    pub responder_a: Option<Buzon>,
    /// Where bounces go; `None` is the address of `de`.
    pub retorno: Option<String>,
    /// Subject, one line.
    pub asunto: String,
    /// Text for readers without HTML; never empty.
    pub texto: String,
    /// The same in HTML.
    pub html: Option<String>,
    /// Files.
    pub adjuntos: Vec<AdjuntoCorreo>,
    /// Who writes it.
    pub origen: Origen,
    /// Conversation that it continues.
    pub hilo: Option<Hilo>,
    /// How to stop receiving it; marketing only, where it is a must.
    pub baja: Option<BajaCorreo>,
}

impl NuevoCorreo {
    /// An automatic mail of text alone; the rest is filled in by field.
    pub fn new(id: Uuid, de: Buzon, para: Buzon, asunto: &str, texto: &str) -> NuevoCorreo {
        NuevoCorreo {
            id,
            de,
            para: vec![para],
            copia: Vec::new(),
            responder_a: None,
            retorno: None,
            asunto: asunto.into(),
            texto: texto.into(),
            html: None,
            adjuntos: Vec::new(),
            origen: Origen::Automatico,
            hilo: None,
            baja: None,
        }
    }

    pub(super) fn check(&self) -> Result<(), CorreoInvalido> {
        if self.para.is_empty() {
            return Err(CorreoInvalido::SinDestinatario);
        }
        let asunto = self.asunto.trim();
        if asunto.is_empty() || asunto.chars().count() > MAX_ASUNTO {
            return Err(CorreoInvalido::Asunto);
        }
        let html = self.html.as_ref().map_or(0, String::len);
        let peso: usize = self.adjuntos.iter().map(|a| a.bytes.len()).sum();
        if peso + html + self.texto.len() > MAX_PESO {
            return Err(CorreoInvalido::Tamanio);
        }
        self.baja.as_ref().map_or(Ok(()), BajaCorreo::check)
    }
}

/// A name and its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buzon {
    /// Name shown; may be empty.
    pub nombre: String,
    /// Address.
    pub direccion: String,
}

impl Buzon {
    /// A mailbox.
    ///
    /// Errors: `Direccion`, by the rule of the whole product (ASCII, no quoted local part).
    pub fn new(nombre: &str, direccion: &str) -> Result<Buzon, CorreoInvalido> {
        let direccion = documentos::correo(direccion).map_err(|_| CorreoInvalido::Direccion)?;
        Ok(Buzon { nombre: one_line(nombre), direccion })
    }
}

/// A file of a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct AdjuntoCorreo {
    /// File name.
    pub nombre: String,
    /// MIME type.
    pub mime: String,
    /// Content; it arrives byte by byte.
    pub bytes: Vec<u8>,
    /// Id by which the HTML shows it (`cid:…`); `None` is a plain attachment.
    pub cid: Option<String>,
}

impl std::fmt::Debug for AdjuntoCorreo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AdjuntoCorreo({}, {} bytes)", self.mime, self.bytes.len())
    }
}

/// Who writes a mail: robots must not answer robots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origen {
    /// A person.
    Persona,
    /// The system on its own: `Auto-Submitted: auto-generated`.
    Automatico,
    /// The system, answering a mail: `Auto-Submitted: auto-replied`.
    RespuestaAutomatica,
}

/// Conversation that a mail continues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hilo {
    /// Message-ID that it answers, with its angle brackets.
    pub en_respuesta_a: String,
    /// Earlier Message-IDs, oldest first.
    pub referencias: Vec<String>,
}

/// How to stop receiving marketing (RFC 2369, RFC 8058).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BajaCorreo {
    /// HTTPS address that takes a POST without login.
    pub url: String,
}

impl BajaCorreo {
    fn check(&self) -> Result<(), CorreoInvalido> {
        let limpia = self.url.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
        let bien = self.url.starts_with("https://") && limpia && self.url.len() <= 900;
        if bien { Ok(()) } else { Err(CorreoInvalido::Baja) }
    }
}

/// A text in one line: what could begin another header becomes a space.
pub(super) fn one_line(texto: &str) -> String {
    let sin_control = texto.replace(char::is_control, " ");
    sin_control.split_whitespace().collect::<Vec<_>>().join(" ")
}
