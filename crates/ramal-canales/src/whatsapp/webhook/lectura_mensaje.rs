//! Reads one message of a person, whatever its kind. It downloads no file.

use serde_json::Value;

use super::lectura::{errors, moment, text};
use super::tipos::{Cita, Identidad, MedioEntrante, MensajeEntrante, TipoEntrante};
use crate::whatsapp::telefono::is_bsuid;

/// The message; `None` if it has no id, so that it is kept raw.
pub(super) fn message(m: &Value, contactos: &[&Value]) -> Option<MensajeEntrante> {
    let wamid = text(m, "id")?;
    let nombre_tipo = text(m, "type").unwrap_or_default();
    let cuerpo = m.get(&nombre_tipo).unwrap_or(&Value::Null);
    let tipo = kind(&nombre_tipo);
    Some(MensajeEntrante {
        wamid,
        de: sender(m, contactos),
        para: text(m, "to"),
        momento: moment(m),
        texto: readable(&tipo, cuerpo),
        carga: payload(cuerpo),
        cita: quoted(m, cuerpo),
        medio: media(cuerpo),
        errores: errors(m),
        tipo,
        crudo: m.clone(),
    })
}

fn kind(nombre: &str) -> TipoEntrante {
    match nombre {
        "text" => TipoEntrante::Texto,
        "image" => TipoEntrante::Imagen,
        "video" => TipoEntrante::Video,
        "audio" | "voice" => TipoEntrante::Audio,
        "document" => TipoEntrante::Documento,
        "sticker" => TipoEntrante::Sticker,
        "location" => TipoEntrante::Ubicacion,
        "contacts" => TipoEntrante::Contactos,
        "button" => TipoEntrante::Boton,
        "interactive" => TipoEntrante::Interactivo,
        "order" => TipoEntrante::Pedido,
        "reaction" => TipoEntrante::Reaccion,
        "edit" => TipoEntrante::Edicion,
        "revoke" => TipoEntrante::Revocacion,
        "system" => TipoEntrante::Sistema,
        "request_welcome" => TipoEntrante::Bienvenida,
        "unsupported" => TipoEntrante::NoAdmitido,
        otro => TipoEntrante::Otro(otro.to_owned()),
    }
}

fn readable(tipo: &TipoEntrante, cuerpo: &Value) -> Option<String> {
    match tipo {
        TipoEntrante::Boton => text(cuerpo, "text"),
        TipoEntrante::Reaccion => text(cuerpo, "emoji"),
        TipoEntrante::Interactivo => {
            reply(cuerpo).and_then(|r| text(r, "title").or_else(|| text(r, "body")))
        }
        TipoEntrante::Ubicacion => text(cuerpo, "name").or_else(|| text(cuerpo, "address")),
        TipoEntrante::Edicion => {
            let nuevo = cuerpo.get("message").unwrap_or(cuerpo);
            nuevo.get("text").and_then(|t| text(t, "body"))
        }
        _ => text(cuerpo, "body").or_else(|| text(cuerpo, "caption")),
    }
}

fn reply(cuerpo: &Value) -> Option<&Value> {
    ["button_reply", "list_reply", "nfm_reply"].iter().find_map(|clave| cuerpo.get(clave))
}

fn payload(cuerpo: &Value) -> Option<String> {
    text(cuerpo, "payload").or_else(|| {
        let respuesta = reply(cuerpo)?;
        text(respuesta, "id").or_else(|| text(respuesta, "response_json"))
    })
}

fn quoted(m: &Value, cuerpo: &Value) -> Option<Cita> {
    let propia = text(cuerpo, "message_id").or_else(|| text(cuerpo, "original_message_id"));
    if let Some(wamid) = propia {
        return Some(Cita { wamid, de: None });
    }
    let contexto = m.get("context")?;
    Some(Cita { wamid: text(contexto, "id")?, de: text(contexto, "from") })
}

fn media(cuerpo: &Value) -> Option<MedioEntrante> {
    let mime = text(cuerpo, "mime_type")?;
    Some(MedioEntrante {
        id: text(cuerpo, "id")?,
        mime,
        sha256: text(cuerpo, "sha256"),
        nombre: text(cuerpo, "filename"),
        url: text(cuerpo, "url"),
        voz: cuerpo.get("voice").and_then(Value::as_bool).unwrap_or(false),
    })
}

/// Names from the message and from the contact that is its author.
fn sender(m: &Value, contactos: &[&Value]) -> Identidad {
    let de = text(m, "from");
    let de_usuario = text(m, "from_user_id");
    let propio = contactos.iter().copied().find(|c| {
        let (wa, usuario) = (text(c, "wa_id"), text(c, "user_id"));
        (wa.is_some() && wa == de)
            || (usuario.is_some() && (usuario == de_usuario || usuario == de))
    });
    // A single contact is the author even if its spelling is another.
    let unico = || contactos.first().copied().filter(|_| contactos.len() == 1);
    let mut quien = identity(propio.or_else(unico));
    quien.bsuid = quien.bsuid.or(de_usuario);
    quien.bsuid_padre = quien.bsuid_padre.or_else(|| text(m, "from_parent_user_id"));
    match de {
        Some(id) if is_bsuid(&id) || Some(&id) == quien.bsuid.as_ref() => {
            quien.bsuid = quien.bsuid.or(Some(id));
        }
        // Stored as Meta sent it (W12); echoes carry the business's own number here.
        Some(telefono) => quien.wa_id = Some(telefono),
        None => {}
    }
    quien
}

/// Names of a contact.
pub(super) fn identity(contacto: Option<&Value>) -> Identidad {
    let Some(c) = contacto else {
        return Identidad::default();
    };
    let perfil = c.get("profile").unwrap_or(&Value::Null);
    Identidad {
        wa_id: text(c, "wa_id").filter(|w| !is_bsuid(w)),
        bsuid: text(c, "user_id"),
        bsuid_padre: text(c, "parent_user_id"),
        usuario: text(perfil, "username"),
        nombre: text(perfil, "name"),
    }
}
