//! A received message as people read it. It judges nothing and runs nothing of it.

use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

/// A message, read.
#[derive(Debug, Default)]
pub struct Leido {
    /// Subject.
    pub asunto: String,
    /// Sender, as written.
    pub de: String,
    /// Recipients, as written.
    pub para: String,
    /// Every header, decoded where it is text.
    pub cabeceras: Vec<(String, String)>,
    /// Text.
    pub texto: Option<String>,
    /// HTML, its own images inside it.
    pub html: Option<String>,
    /// Files.
    pub adjuntos: Vec<Archivo>,
}

/// A file of a message.
#[derive(Debug)]
pub struct Archivo {
    /// Name.
    pub nombre: String,
    /// MIME type.
    pub mime: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// Reads a message; what cannot be read is empty.
pub fn read(bytes: &[u8]) -> Leido {
    let Some(m) = MessageParser::default().parse(bytes) else {
        return Leido::default();
    };
    Leido {
        asunto: m.subject().unwrap_or_default().to_owned(),
        de: addresses(m.from()),
        para: addresses(m.to()),
        cabeceras: m.headers_raw().map(|(k, v)| (k.to_owned(), one_line(v))).collect(),
        texto: text_of(&m),
        html: html_of(&m),
        adjuntos: m.attachments().map(file).collect(),
    }
}

fn one_line(valor: &str) -> String {
    valor.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn addresses(lista: Option<&Address<'_>>) -> String {
    let una = |a: &mail_parser::Addr<'_>| {
        let direccion = a.address().unwrap_or_default();
        match a.name() {
            Some(nombre) => format!("{nombre} <{direccion}>"),
            None => direccion.to_owned(),
        }
    };
    lista.map(|l| l.iter().map(una).collect::<Vec<_>>().join(", ")).unwrap_or_default()
}

/// Only a text that is there: the library would make one out of the HTML.
fn text_of(m: &Message<'_>) -> Option<String> {
    m.text_bodies().find_map(|p| match &p.body {
        PartType::Text(texto) => Some(texto.to_string()),
        _ => None,
    })
}

fn html_of(m: &Message<'_>) -> Option<String> {
    let html = m.html_bodies().find_map(|p| match &p.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    })?;
    Some(m.attachments().fold(html, |html, parte| match parte.content_id() {
        Some(cid) => html.replace(&format!("cid:{cid}"), &data_url(&file(parte))),
        None => html,
    }))
}

fn data_url(archivo: &Archivo) -> String {
    use base64::Engine;
    let contenido = base64::engine::general_purpose::STANDARD.encode(&archivo.bytes);
    format!("data:{};base64,{contenido}", archivo.mime)
}

fn file(parte: &mail_parser::MessagePart<'_>) -> Archivo {
    let mime = parte.content_type().map_or_else(
        || "application/octet-stream".to_owned(),
        |t| format!("{}/{}", t.ctype(), t.subtype().unwrap_or("octet-stream")),
    );
    Archivo {
        nombre: parte.attachment_name().unwrap_or("sin nombre").to_owned(),
        mime,
        bytes: parte.contents().to_vec(),
    }
}
