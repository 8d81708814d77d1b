//! Files: kinds, sizes and the bytes that prove them. It serves none.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::fallo::Fallo;
use super::tipos::Medio;

const MB: usize = 1024 * 1024;

/// Life of an uploaded file, ms.
pub const VIDA_MS: i64 = 30 * 86_400_000;

/// Kinds with their largest size and the kind of message that carries them.
const TIPOS: [(&str, usize, &str); 22] = [
    ("image/jpeg", 5 * MB, "image"),
    ("image/png", 5 * MB, "image"),
    ("image/webp", 500 * 1024, "sticker"),
    ("video/mp4", 16 * MB, "video"),
    ("video/3gpp", 16 * MB, "video"),
    ("audio/aac", 16 * MB, "audio"),
    ("audio/amr", 16 * MB, "audio"),
    ("audio/mpeg", 16 * MB, "audio"),
    ("audio/mp4", 16 * MB, "audio"),
    ("audio/ogg", 16 * MB, "audio"),
    ("text/plain", 100 * MB, "document"),
    ("application/pdf", 100 * MB, "document"),
    ("application/xml", 100 * MB, "document"),
    ("text/xml", 100 * MB, "document"),
    ("application/zip", 100 * MB, "document"),
    ("text/csv", 100 * MB, "document"),
    ("application/msword", 100 * MB, "document"),
    ("application/vnd.ms-excel", 100 * MB, "document"),
    ("application/vnd.ms-powerpoint", 100 * MB, "document"),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        100 * MB,
        "document",
    ),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 100 * MB, "document"),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        100 * MB,
        "document",
    ),
];

/// Makes a file of what was uploaded.
///
/// Errors: 100 for a kind that is not taken, 131053 for a size or content that is not.
pub fn read(nombre: &str, mime: &str, bytes: &[u8], momento: i64) -> Result<Medio, Fallo> {
    let base = mime.split(';').next().unwrap_or_default().trim();
    let Some((_, maximo, _)) = TIPOS.iter().find(|(tipo, _, _)| *tipo == base) else {
        let detalle =
            format!("Param file must be a file with one of the supported types, not {base}.");
        return Err(Fallo::parametro(detalle));
    };
    if bytes.is_empty() || bytes.len() > *maximo {
        return Err(Fallo::new(131_053, format!("file of {} bytes for {base}", bytes.len())));
    }
    if !looks_like(base, bytes) {
        return Err(Fallo::new(131_053, format!("the content is not {base}")));
    }
    Ok(Medio {
        id: String::new(),
        mime: mime.to_owned(),
        nombre: nombre.to_owned(),
        sha256: hex::encode(Sha256::digest(bytes)),
        peso: bytes.len(),
        momento,
        base64: STANDARD.encode(bytes),
    })
}

/// Kind of message that carries a MIME type; documents may carry images too.
pub fn class_of(mime: &str) -> &'static str {
    let base = mime.split(';').next().unwrap_or_default().trim();
    TIPOS.iter().find(|(tipo, _, _)| *tipo == base).map_or("document", |(_, _, clase)| clase)
}

/// First bytes of the kinds that have some.
fn looks_like(mime: &str, bytes: &[u8]) -> bool {
    let empieza = |con: &[u8]| bytes.starts_with(con);
    match mime {
        "image/jpeg" => empieza(&[0xff, 0xd8, 0xff]),
        "image/png" => empieza(b"\x89PNG\r\n\x1a\n"),
        "image/webp" => empieza(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        "application/pdf" => empieza(b"%PDF-"),
        "audio/ogg" => empieza(b"OggS"),
        "application/zip" => empieza(b"PK"),
        _ => true,
    }
}

/// The content.
pub fn bytes(medio: &Medio) -> Vec<u8> {
    STANDARD.decode(&medio.base64).unwrap_or_default()
}
