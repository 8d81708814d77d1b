//! The HTML of a letter: one column, no images, readable in the dark and without styles. The words
//! come painted; here they are only escaped and laid out.

use super::pintado::Pintado;

/// Text as HTML.
pub fn escape(texto: &str) -> String {
    let mut hecho = String::with_capacity(texto.len() + 16);
    for c in texto.chars() {
        match c {
            '&' => hecho.push_str("&amp;"),
            '<' => hecho.push_str("&lt;"),
            '>' => hecho.push_str("&gt;"),
            '"' => hecho.push_str("&quot;"),
            '\'' => hecho.push_str("&#39;"),
            otro => hecho.push(otro),
        }
    }
    hecho
}

/// Whether a link may be opened from a letter.
fn is_web(enlace: &str) -> bool {
    enlace.starts_with("https://") || enlace.starts_with("http://")
}

const ANTES: &str = "<!doctype html>\n<html lang=\"es\"><head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
    <meta name=\"color-scheme\" content=\"light dark\">\
    <meta name=\"supported-color-schemes\" content=\"light dark\">";
const CUERPO: &str = "<body style=\"margin:0;padding:16px\">\
    <div style=\"max-width:560px;margin:0 auto;font:16px/1.5 system-ui,sans-serif\">";
const BOTON: &str = "display:inline-block;padding:12px 20px;border-radius:6px;\
    background:#0b5cad;color:#ffffff;text-decoration:none;font-weight:600";

/// The letter as HTML.
pub fn html(pintado: &Pintado, empresa: &str) -> String {
    let parrafo = |p: &str| format!("<p>{}</p>", escape(p.trim()).replace('\n', "<br>"));
    let parrafos: String =
        pintado.texto.split("\n\n").filter(|p| !p.trim().is_empty()).map(parrafo).collect();
    let boton = pintado.boton.as_ref().filter(|b| is_web(&b.enlace)).map(|b| {
        let (enlace, rotulo) = (escape(&b.enlace), escape(&b.rotulo));
        format!(
            "<p><a href=\"{enlace}\" style=\"{BOTON}\">{rotulo}</a></p>\
             <p style=\"font-size:13px\"><a href=\"{enlace}\">{enlace}</a></p>"
        )
    });
    format!(
        "{ANTES}<title>{}</title></head>{CUERPO}{parrafos}{}\
         <hr style=\"border:0;border-top:1px solid #888888\"><p style=\"font-size:13px\">{}</p>\
         </div></body></html>\n",
        escape(&pintado.asunto),
        boton.unwrap_or_default(),
        escape(empresa)
    )
}

/// The letter as plain text, with the address of its button.
pub fn plain(pintado: &Pintado) -> String {
    match &pintado.boton {
        Some(b) => format!("{}\n\n{}: {}\n", pintado.texto, b.rotulo, b.enlace),
        None => format!("{}\n", pintado.texto),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plantilla::pintado::Boton;

    fn pintado(texto: &str, enlace: &str) -> Pintado {
        Pintado {
            asunto: "Pago <b>".into(),
            texto: texto.into(),
            boton: Some(Boton { rotulo: "Pagar".into(), enlace: enlace.into() }),
            ..Pintado::default()
        }
    }

    #[test]
    fn nothing_that_somebody_wrote_becomes_markup() {
        let html = html(&pintado("Hola <script>x</script>\n\n\"uno\"", "https://a.test/"), "F & H");
        assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"));
        assert!(html.contains("F &amp; H") && html.contains("<title>Pago &lt;b&gt;</title>"));
    }

    #[test]
    fn a_link_that_is_not_of_the_web_makes_no_button() {
        let html = html(&pintado("Hola", "javascript:alert(1)"), "F");
        assert!(!html.contains("<a "));
    }

    #[test]
    fn the_plain_text_tells_where_the_button_leads() {
        let texto = plain(&pintado("Hola", "https://a.test/f/1"));
        assert!(texto.ends_with("Pagar: https://a.test/f/1\n"));
    }
}
