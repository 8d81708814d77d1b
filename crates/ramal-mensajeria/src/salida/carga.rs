//! The frozen bytes of an envio: what exactly leaves, sealed when it holds a secret, in the object
//! store when it is big. It renders nothing.

use ramal_db::{Db, DbError, Objetos};
use ramal_plataforma::Sello;
use serde::{Deserialize, Serialize};

use crate::notificacion::Adjunto;
use crate::plantilla::pintado::Boton;
use crate::storage::envios;
use crate::{EnvioId, Error};

/// Bytes above which they go to the object store.
const EN_FILA: usize = 16 * 1024;

/// What leaves by WhatsApp, in both shapes: which one is known only when it leaves.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CargaWhatsapp {
    /// Free text.
    pub texto: String,
    /// Button; in free text its address goes at the end.
    pub boton: Option<Boton>,
    /// Name of the template at Meta.
    pub nombre: String,
    /// Exact language code.
    pub idioma: String,
    /// Values of the body.
    pub parametros: Vec<String>,
    /// File that goes above.
    pub adjunto: Option<Adjunto>,
}

/// What leaves by mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CargaCorreo {
    /// Envelope sender.
    pub de: String,
    /// Envelope recipients.
    pub para: Vec<String>,
    /// `Message-ID`.
    pub message_id: String,
    /// Length of the MIME that follows the header of this load.
    pub largo: usize,
}

/// A letter as one run of bytes: a line of JSON and the MIME after it, so that the MIME is kept
/// byte by byte and not inflated.
pub fn pack(carga: &CargaCorreo, mime: &[u8]) -> Result<Vec<u8>, DbError> {
    let mut bytes = serde_json::to_vec(carga).map_err(|_| CORRUPTA)?;
    bytes.push(b'\n');
    bytes.extend_from_slice(mime);
    Ok(bytes)
}

/// The inverse of [`pack`]. Errors: `Corrupt`.
pub fn unpack(bytes: &[u8]) -> Result<(CargaCorreo, Vec<u8>), DbError> {
    let fin = bytes.iter().position(|b| *b == b'\n').ok_or(CORRUPTA)?;
    let carga: CargaCorreo = serde_json::from_slice(&bytes[..fin]).map_err(|_| CORRUPTA)?;
    let mime = bytes[fin + 1..].to_vec();
    if mime.len() == carga.largo { Ok((carga, mime)) } else { Err(CORRUPTA) }
}

const CORRUPTA: DbError = DbError::Corrupt("the frozen bytes of an envio are not what was kept");

/// Frozen bytes ready to be written.
pub struct Congelada {
    /// In the row.
    pub fila: Option<Vec<u8>>,
    /// In the object store, with their SHA-256.
    pub objeto: Option<(String, String)>,
    /// Whether they are sealed.
    pub sellada: bool,
}

/// Seals the bytes if they hold a secret and puts them in the object store if they are big.
/// Errors: `Sello`, `Objetos`.
pub async fn freeze(
    sello: &Sello,
    objetos: &Objetos,
    id: EnvioId,
    (bytes, sellada): (Vec<u8>, bool),
) -> Result<Congelada, Error> {
    let bytes = if sellada { sello.seal(&name(id), &bytes)? } else { bytes };
    if bytes.len() <= EN_FILA {
        return Ok(Congelada { fila: Some(bytes), objeto: None, sellada });
    }
    let ruta = format!("mensajes/{id}");
    let huella = objetos.put(&ruta, bytes).await?;
    Ok(Congelada { fila: None, objeto: Some((ruta, huella)), sellada })
}

fn name(id: EnvioId) -> String {
    format!("envio/{id}")
}

/// The frozen bytes of an envio, opened. Errors: `Corrupt`, `Sello`, `Objetos`.
pub async fn thaw(
    db: &Db,
    sello: &Sello,
    objetos: &Objetos,
    id: EnvioId,
) -> Result<Vec<u8>, Error> {
    let fila = envios::carga(db, id).await?.ok_or(Error::EnvioNotFound)?;
    let bytes = match (fila.carga, fila.carga_objeto, fila.carga_huella) {
        (Some(bytes), _, _) => bytes,
        (None, Some(ruta), Some(huella)) => objetos.get(&ruta, &huella).await?,
        _ => return Err(CORRUPTA.into()),
    };
    let nombre = name(fila.carga_de.unwrap_or(id));
    if fila.sellada { Ok(sello.open(&nombre, &bytes)?.into_bytes()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_kept_byte_by_byte() {
        let mime = b"Subject: x\r\n\r\n{\n\xff\n}".to_vec();
        let carga = CargaCorreo {
            de: "a@b.test".into(),
            para: vec!["c@d.test".into()],
            message_id: "<1@b.test>".into(),
            largo: mime.len(),
        };
        let bytes = pack(&carga, &mime).unwrap();
        let (otra, vuelta) = unpack(&bytes).unwrap();
        assert!(otra == carga && vuelta == mime);
        assert!(unpack(&bytes[..bytes.len() - 1]).is_err());
    }
}
