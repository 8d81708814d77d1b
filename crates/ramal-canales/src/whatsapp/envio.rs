//! The port to WhatsApp and the types of its answers. It retries nothing.

use async_trait::async_trait;

use super::{MensajeWhatsapp, NuevaPlantilla, PaginaPlantillas, PlantillaCreada};
use crate::{Causa, FallaEnvio};

/// One line (phone number) of WhatsApp.
#[async_trait]
pub trait EnvioWhatsapp: Send + Sync {
    /// Id of the line: `phone_number_id`.
    fn linea(&self) -> &str;

    /// Sends. `Ok` means accepted, not delivered: the statuses tell the rest.
    ///
    /// Errors: `Incierto` if the request left and no answer came; the channel has no idempotency
    /// key, so it is never to be resent before a status with its `referencia` was waited for (W23).
    async fn send(&self, mensaje: &MensajeWhatsapp) -> Result<Aceptado, FallaEnvio>;

    /// Marks a received message (and those before it) as read.
    async fn mark_read(&self, wamid: &str, escribiendo: Escribiendo) -> Result<(), FallaEnvio>;

    /// Uploads a file and gives its id, which lives 30 days. May be repeated.
    ///
    /// Errors: `Permanente` with `Tamanio` or `TipoNoAdmitido` before anything leaves (W17).
    async fn upload(&self, medio: &MedioSaliente) -> Result<String, FallaEnvio>;

    /// Uploads a file as the example of a template's header and gives its handle, for
    /// `example.header_handle`. May be repeated.
    ///
    /// Errors: by default refused, for lines that register no templates.
    async fn upload_sample(&self, _medio: &MedioSaliente) -> Result<String, FallaEnvio> {
        let mensaje = "esta línea no registra plantillas con archivo";
        Err(FallaEnvio::never("local", mensaje, Causa::TipoNoAdmitido))
    }

    /// What the channel knows of a file; its address lives about 5 minutes.
    async fn media(&self, id: &str) -> Result<MedioRemoto, FallaEnvio>;

    /// Downloads a file, checked against the SHA-256 that the channel gives.
    async fn download(&self, id: &str) -> Result<MedioBajado, FallaEnvio>;

    /// One page of the templates of the account; begin without `cursor`.
    async fn templates(&self, cursor: Option<&str>) -> Result<PaginaPlantillas, FallaEnvio>;

    /// Asks for a new template; its approval comes by webhook.
    async fn create_template(
        &self,
        plantilla: &NuevaPlantilla,
    ) -> Result<PlantillaCreada, FallaEnvio>;
}

/// A message that the channel accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aceptado {
    /// Id of the message, opaque.
    pub wamid: String,
    /// Id of the person as the channel writes it; in Mexico and Argentina not the digits sent.
    pub wa_id: Option<String>,
    /// BSUID, when it was sent to one.
    pub bsuid: Option<String>,
}

/// Whether the person sees «escribiendo…» with the read mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escribiendo {
    /// Only the mark.
    #[default]
    No,
    /// Shown up to 25 s or until the answer.
    Si,
}

/// Kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaseMedio {
    /// jpeg, png; 5 MB.
    Imagen,
    /// mp4, 3gp; 16 MB.
    Video,
    /// aac, amr, mpeg, mp4, ogg; 16 MB.
    Audio,
    /// 100 MB.
    Documento,
    /// webp; 500 KB.
    Sticker,
}

/// File to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MedioSaliente {
    /// File name.
    pub nombre: String,
    /// MIME type.
    pub mime: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// What the channel knows of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MedioRemoto {
    /// Id.
    pub id: String,
    /// Address, for about 5 minutes and with the same token.
    pub url: String,
    /// MIME type.
    pub mime: String,
    /// SHA-256 in hexadecimal, lower case; empty if not given.
    pub sha256: String,
    /// Size, bytes.
    pub peso_bytes: u64,
}

/// A file downloaded and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MedioBajado {
    /// MIME type.
    pub mime: String,
    /// Content.
    pub bytes: Vec<u8>,
}
