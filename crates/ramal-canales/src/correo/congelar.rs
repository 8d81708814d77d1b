//! Freezes a mail: MIME written once, with its own Message-ID and the date of the context. It sends
//! nothing, and the same mail at the same time gives the same bytes.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, MultiPartKind, SinglePart};
use lettre::{Address, Message};
use ramal_base::{Cx, Instante};
use sha2::{Digest, Sha256};

use super::dkim::FirmaDkim;
use super::nuevo::{AdjuntoCorreo, Buzon, CorreoInvalido, Hilo, NuevoCorreo, Origen, one_line};
use super::{CorreoCongelado, dkim};

/// References kept of a long conversation: the first and the last ones.
const MAX_REFERENCIAS: usize = 20;

/// Writes the mail once and for all (S2), signed with every key given.
///
/// Shape: `para` of the result holds every recipient, copies too; the bytes carry no `Bcc`.
/// Errors: [`CorreoInvalido`].
pub fn freeze(
    cx: &Cx,
    correo: &NuevoCorreo,
    firmas: &[FirmaDkim],
) -> Result<CorreoCongelado, CorreoInvalido> {
    correo.check()?;
    let ahora = cx.now();
    let message_id = message_id(correo)?;
    let mut bytes = write(correo, &message_id, ahora)?.formatted();
    for firma in firmas {
        let cabecera = dkim::sign(&bytes, firma, ahora).map_err(|_| CorreoInvalido::Firma)?;
        bytes = [cabecera.into_bytes(), bytes].concat();
    }
    let retorno = correo.retorno.as_deref().map(|r| Buzon::new("", r)).transpose()?;
    let todos = correo.para.iter().chain(&correo.copia);
    Ok(CorreoCongelado {
        de: retorno.map_or_else(|| correo.de.direccion.clone(), |r| r.direccion),
        para: todos.map(|b| b.direccion.clone()).collect(),
        bytes,
        message_id,
    })
}

/// `<id@dominio>` of the sender: the same in every try, so that receivers may drop a second copy.
fn message_id(correo: &NuevoCorreo) -> Result<String, CorreoInvalido> {
    let (_, dominio) = correo.de.direccion.split_once('@').ok_or(CorreoInvalido::Direccion)?;
    Ok(format!("<{}@{dominio}>", correo.id))
}

fn write(
    correo: &NuevoCorreo,
    message_id: &str,
    ahora: Instante,
) -> Result<Message, CorreoInvalido> {
    let momento = u64::try_from(ahora.millis()).unwrap_or(0);
    let mut m = Message::builder()
        .from(mailbox(&correo.de)?)
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(momento))
        .subject(one_line(&correo.asunto))
        .message_id(Some(message_id.to_owned()));
    for para in &correo.para {
        m = m.to(mailbox(para)?);
    }
    for copia in &correo.copia {
        m = m.cc(mailbox(copia)?);
    }
    if let Some(responder_a) = &correo.responder_a {
        m = m.reply_to(mailbox(responder_a)?);
    }
    for (nombre, valor) in extra_headers(correo) {
        m = m.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(nombre), valor));
    }
    let armado = match content(correo)? {
        Parte::Sola(parte) => m.singlepart(parte),
        Parte::Varias(partes) => m.multipart(partes),
    };
    armado.map_err(|e| CorreoInvalido::Armado(e.to_string()))
}

/// The address was checked; a second parser that refuses it is an error, not a panic.
fn mailbox(buzon: &Buzon) -> Result<Mailbox, CorreoInvalido> {
    let direccion: Address = Buzon::new("", &buzon.direccion)?
        .direccion
        .parse()
        .map_err(|_| CorreoInvalido::Direccion)?;
    let nombre = one_line(&buzon.nombre);
    Ok(Mailbox::new((!nombre.is_empty()).then_some(nombre), direccion))
}

fn extra_headers(correo: &NuevoCorreo) -> Vec<(&'static str, String)> {
    let mut todas = Vec::new();
    match correo.origen {
        Origen::Persona => {}
        Origen::Automatico => todas.push(("Auto-Submitted", "auto-generated".to_owned())),
        Origen::RespuestaAutomatica => todas.push(("Auto-Submitted", "auto-replied".to_owned())),
    }
    if let Some(baja) = &correo.baja {
        todas.push(("List-Unsubscribe", format!("<{}>", baja.url)));
        todas.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    todas.extend(correo.hilo.iter().flat_map(thread_headers));
    todas
}

fn thread_headers(hilo: &Hilo) -> Vec<(&'static str, String)> {
    let mut referencias: Vec<&str> =
        hilo.referencias.iter().map(String::as_str).filter(|r| is_message_id(r)).collect();
    let mut todas = Vec::new();
    if is_message_id(&hilo.en_respuesta_a) {
        todas.push(("In-Reply-To", hilo.en_respuesta_a.clone()));
        referencias.retain(|r| *r != hilo.en_respuesta_a);
        referencias.push(&hilo.en_respuesta_a);
    }
    if referencias.len() > MAX_REFERENCIAS {
        // The first ties the thread together for readers that look at it alone.
        referencias.drain(1..=referencias.len() - MAX_REFERENCIAS);
    }
    if !referencias.is_empty() {
        todas.push(("References", referencias.join(" ")));
    }
    todas
}

/// What comes from other people's mail enters a header only in this shape.
fn is_message_id(texto: &str) -> bool {
    let dentro = texto.strip_prefix('<').and_then(|t| t.strip_suffix('>'));
    dentro.is_some_and(|d| {
        !d.is_empty() && d.len() <= 250 && d.bytes().all(|b| b.is_ascii_graphic() && b != b'<')
    })
}

enum Parte {
    Sola(SinglePart),
    Varias(MultiPart),
}

fn content(correo: &NuevoCorreo) -> Result<Parte, CorreoInvalido> {
    let visible = readable(correo)?;
    let sueltos: Vec<&AdjuntoCorreo> =
        correo.adjuntos.iter().filter(|a| !is_shown(correo, a)).collect();
    if sueltos.is_empty() {
        return Ok(visible);
    }
    let mut mezcla = match visible {
        Parte::Sola(parte) => multipart(correo, MultiPartKind::Mixed).singlepart(parte),
        Parte::Varias(partes) => multipart(correo, MultiPartKind::Mixed).multipart(partes),
    };
    for adjunto in sueltos {
        mezcla = mezcla.singlepart(attachment(adjunto)?);
    }
    Ok(Parte::Varias(mezcla))
}

fn is_shown(correo: &NuevoCorreo, adjunto: &AdjuntoCorreo) -> bool {
    correo.html.is_some() && adjunto.cid.is_some()
}

/// Text alone, or text and HTML with the images that it shows.
fn readable(correo: &NuevoCorreo) -> Result<Parte, CorreoInvalido> {
    let texto = SinglePart::plain(correo.texto.clone());
    let Some(html) = &correo.html else {
        return Ok(Parte::Sola(texto));
    };
    let html = SinglePart::html(html.clone());
    let alternativa = multipart(correo, MultiPartKind::Alternative).singlepart(texto);
    let mut mostradas = correo.adjuntos.iter().filter(|a| is_shown(correo, a)).peekable();
    if mostradas.peek().is_none() {
        return Ok(Parte::Varias(alternativa.singlepart(html)));
    }
    let mut relacionada = multipart(correo, MultiPartKind::Related).singlepart(html);
    for adjunto in mostradas {
        relacionada = relacionada.singlepart(attachment(adjunto)?);
    }
    Ok(Parte::Varias(alternativa.multipart(relacionada)))
}

/// The boundary comes from the content: nobody can write it inside beforehand.
fn multipart(correo: &NuevoCorreo, clase: MultiPartKind) -> MultiPart {
    let mut h = Sha256::new();
    h.update(correo.id.as_bytes());
    h.update(format!("{clase:?}"));
    h.update(&correo.texto);
    h.update(correo.html.as_deref().unwrap_or_default());
    let marca = hex::encode(h.finalize());
    MultiPart::builder().kind(clase).boundary(format!("=_{}", &marca[..32])).build()
}

/// Always base64: a file, also one of text, must arrive byte by byte.
fn attachment(adjunto: &AdjuntoCorreo) -> Result<SinglePart, CorreoInvalido> {
    let tipo = ContentType::parse(&adjunto.mime).map_err(|_| CorreoInvalido::Mime)?;
    let cuerpo = Body::new_with_encoding(adjunto.bytes.clone(), ContentTransferEncoding::Base64)
        .map_err(|_| CorreoInvalido::Armado("adjunto".into()))?;
    let nombre = one_line(&adjunto.nombre).replace(['/', '\\', '"'], "_");
    let parte = match &adjunto.cid {
        Some(cid) if is_message_id(&format!("<{cid}>")) => {
            Attachment::new_inline_with_name(cid.clone(), nombre)
        }
        _ => Attachment::new(nombre),
    };
    Ok(parte.body(cuerpo, tipo))
}
