//! Sheet of the emulators' pages: escaping, layout, style and the guard of their forms. It knows
//! no message.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ramal_base::{Instante, Zona};

/// Style of every page.
pub const ESTILO: &str = include_str!("estilo.css");

/// What a page may load: its style, images and frames of its own.
const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; \
                   form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page.
pub struct Hoja<'a> {
    /// Title and only h1.
    pub titulo: &'a str,
    /// Where it hangs: `/emuladores/whatsapp`, `/emuladores/correo`.
    pub base: &'a str,
    /// Links of its menu: address and text.
    pub menu: &'a [(&'a str, &'a str)],
    /// Content, HTML that is safe already.
    pub cuerpo: String,
}

impl Hoja<'_> {
    /// The whole document.
    pub fn render(&self, estado: StatusCode) -> Response {
        let titulo = escape(self.titulo);
        let menu: String = self
            .menu
            .iter()
            .map(|(ruta, texto)| format!("<li><a href=\"{ruta}\">{}</a></li>", escape(texto)))
            .collect();
        let html = format!(
            "<!doctype html><html lang=\"es\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>{titulo} · Emuladores de \
             Ramal</title><link rel=\"stylesheet\" href=\"{base}/estilo.css\"></head><body>\
             <header class=\"barra\"><p class=\"marca\">Emuladores de Ramal</p>\
             <nav aria-label=\"Emulador\"><ul>{menu}</ul></nav></header>\
             <main><h1>{titulo}</h1>{cuerpo}</main></body></html>",
            base = self.base,
            cuerpo = self.cuerpo,
        );
        let cabeceras = [
            (header::CONTENT_SECURITY_POLICY, CSP),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        (estado, cabeceras, Html(html)).into_response()
    }
}

/// The style sheet.
pub async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], ESTILO).into_response()
}

/// A file, to be kept or seen, but never run in the name of the page.
pub fn file(tipo: &str, nombre: &str, bytes: Vec<u8>) -> Response {
    let inocente = ["image/png", "image/jpeg", "image/webp", "application/pdf"].contains(&tipo);
    let modo = if inocente { "inline" } else { "attachment" };
    let limpio: String = nombre
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_. ".contains(c) { c } else { '_' })
        .collect();
    let tipo = if inocente { tipo } else { "application/octet-stream" };
    let cabeceras = [
        (header::CONTENT_TYPE, tipo.to_owned()),
        (header::CONTENT_DISPOSITION, format!("{modo}; filename=\"{limpio}\"")),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (cabeceras, bytes).into_response()
}

/// After a form.
pub fn back(ruta: &str) -> Response {
    Redirect::to(ruta).into_response()
}

/// Only forms of these pages are attended: another site must not press buttons here.
pub async fn own_forms(peticion: Request, next: Next) -> Response {
    let segura = peticion.method().is_safe() || is_own(peticion.headers());
    if segura {
        return next.run(peticion).await;
    }
    (StatusCode::FORBIDDEN, "El formulario no es de esta página.").into_response()
}

fn is_own(cabeceras: &HeaderMap) -> bool {
    let texto = |nombre: &str| cabeceras.get(nombre).and_then(|v| v.to_str().ok());
    match (texto("sec-fetch-site"), texto("origin"), texto("host")) {
        (Some(sitio), _, _) => sitio == "same-origin",
        (None, Some(origen), Some(host)) => {
            origen.split_once("://").is_some_and(|(_, resto)| resto == host)
        }
        _ => false,
    }
}

/// Text inside HTML, also inside an attribute.
pub fn escape(texto: &str) -> String {
    let mut salida = String::with_capacity(texto.len());
    for c in texto.chars() {
        match c {
            '&' => salida.push_str("&amp;"),
            '<' => salida.push_str("&lt;"),
            '>' => salida.push_str("&gt;"),
            '"' => salida.push_str("&quot;"),
            '\'' => salida.push_str("&#39;"),
            _ => salida.push(c),
        }
    }
    salida
}

/// A moment as people read it, with the exact one for machines.
pub fn time(momento_ms: i64, zona: &Zona) -> String {
    let instante = Instante::from_millis(momento_ms);
    let local = zona.local(instante);
    let parte = |desde: usize, hasta: usize| local.get(desde..hasta).unwrap_or_default();
    format!(
        "<time datetime=\"{instante}\">{}/{}/{} {}</time>",
        parte(8, 10),
        parte(5, 7),
        parte(0, 4),
        parte(11, 16)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_text_and_nothing_else() {
        assert_eq!(escape("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    }

    #[test]
    fn forms_of_other_sites_are_not_attended() {
        let con = |pares: &[(&'static str, &'static str)]| {
            let mut c = HeaderMap::new();
            for (k, v) in pares {
                c.insert(*k, v.parse().unwrap());
            }
            is_own(&c)
        };
        assert!(con(&[("sec-fetch-site", "same-origin")]));
        assert!(con(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(!con(&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")]));
        assert!(!con(&[("origin", "http://malo.example"), ("host", "127.0.0.1:8080")]));
        assert!(!con(&[("origin", "null"), ("host", "a")]));
        assert!(!con(&[]));
    }
}
