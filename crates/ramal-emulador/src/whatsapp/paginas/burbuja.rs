//! A message as HTML. It escapes everything that people or programs wrote.

use ramal_base::Zona;

use super::BASE;
use crate::whatsapp::lienzo::{escape, time};
use crate::whatsapp::tipos::{Adjunto, Avance, Burbuja, Sentido};

/// The bubble, as an element of a list.
pub fn bubble(b: &Burbuja, empresa: &str, zona: &Zona) -> String {
    let (clase, autor) = match b.sentido {
        Sentido::Empresa => ("empresa", empresa),
        Sentido::Persona => ("persona", "Cliente"),
    };
    let mut partes = vec![format!("<p class=\"dato\">{}</p>", escape(autor))];
    partes.extend(
        b.cita.as_ref().map(|_| "<p class=\"dato\">En respuesta a otro mensaje</p>".into()),
    );
    partes.extend(b.encabezado.as_ref().map(|t| paragraph("encabezado", t)));
    partes.extend(b.medio.as_ref().map(media));
    partes.extend((!b.cuerpo.is_empty()).then(|| paragraph("cuerpo", &b.cuerpo)));
    partes.extend(b.pie.as_ref().map(|t| paragraph("pie", t)));
    partes.extend((!b.botones.is_empty()).then(|| buttons(b)));
    partes.extend(b.plantilla.as_ref().map(|p| {
        paragraph("dato", &format!("Plantilla {p}, categoría {}", category(&b.categoria)))
    }));
    partes.push(format!("<p class=\"dato\">{} · {}</p>", time(b.momento, zona), state(b)));
    if let Some((codigo, detalle)) = &b.fallo {
        partes.push(paragraph("mal", &format!("Falló con el código {codigo}: {detalle}")));
    }
    format!("<li class=\"burbuja {clase}\">{}</li>", partes.concat())
}

fn paragraph(clase: &str, texto: &str) -> String {
    format!("<p class=\"{clase}\">{}</p>", escape(texto))
}

fn category(categoria: &str) -> &str {
    match categoria {
        "utility" => "utilidad",
        "authentication" => "autenticación",
        "service" => "servicio",
        otra => otra,
    }
}

/// How far it got, in words.
pub fn state(b: &Burbuja) -> &'static str {
    match (b.sentido, b.avance) {
        (Sentido::Persona, _) => "recibido por la empresa",
        (_, Avance::Aceptado) => "aceptado",
        (_, Avance::Enviado) => "enviado",
        (_, Avance::Entregado) => "entregado",
        (_, Avance::Leido) => "leído",
        (_, Avance::Fallido) => "no entregado",
    }
}

fn media(a: &Adjunto) -> String {
    let nombre = if a.nombre.is_empty() { "archivo" } else { &a.nombre };
    if a.id.is_empty() {
        return paragraph("dato", &format!("Archivo por enlace: {}", a.enlace));
    }
    let ruta = format!("{BASE}/medios/{}", escape(&a.id));
    let nombre = escape(nombre);
    match a.clase.as_str() {
        "image" | "sticker" => {
            format!("<a href=\"{ruta}\"><img src=\"{ruta}\" alt=\"Imagen {nombre}\"></a>")
        }
        _ => format!("<p><a href=\"{ruta}\">Abrir {nombre}</a></p>"),
    }
}

fn buttons(b: &Burbuja) -> String {
    let uno = |(i, boton): (usize, &crate::whatsapp::tipos::Boton)| {
        let (texto, valor) = (escape(&boton.texto), escape(&boton.valor));
        match boton.tipo.as_str() {
            "URL" if boton.valor.starts_with("http") => {
                format!("<li><a href=\"{valor}\" rel=\"noreferrer\">{texto}</a></li>")
            }
            "QUICK_REPLY" => format!(
                "<li><form method=\"post\" action=\"{BASE}/chat/{wa}/boton\">\
                 <input type=\"hidden\" name=\"wamid\" value=\"{wamid}\">\
                 <input type=\"hidden\" name=\"indice\" value=\"{i}\">\
                 <button class=\"suave\">{texto}</button></form></li>",
                wa = escape(&b.wa_id),
                wamid = escape(&b.wamid),
            ),
            _ => format!("<li>{texto}: {valor}</li>"),
        }
    };
    let lista: String = b.botones.iter().enumerate().map(uno).collect();
    format!("<ul>{lista}</ul>")
}
