//! Plain HTML of the emulated gateway: escaping, the frame of a page, money and dates as a person
//! reads them. No script, no image.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ramal_base::{Instante, Moneda};

use super::importes;

const ESTILO: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;\
color:#1b2430}main{max-width:64rem;margin:0 auto;padding:1.5rem}main.angosto{max-width:30rem}\
h1{font-size:1.4rem;margin:.2rem 0 1rem}h2{font-size:1.05rem;margin:1.4rem 0 .5rem}\
.caja{background:#fff;border:1px solid #d5dae1;border-radius:10px;padding:1rem 1.2rem;\
margin:0 0 1rem}.monto{font-size:1.9rem;font-weight:650}.suave{color:#4c5866}\
label{display:block;padding:.3rem 0}button{font:inherit;padding:.55rem 1rem;border-radius:8px;\
border:1px solid #1d4ed8;background:#1d4ed8;color:#fff;cursor:pointer;margin:.2rem .3rem .2rem 0}\
button.claro{background:#fff;color:#1d4ed8}a{color:#1d4ed8}\
table{border-collapse:collapse;width:100%;background:#fff;font-size:.92rem}\
th,td{text-align:left;padding:.4rem .5rem;border-bottom:1px solid #e3e7ec;vertical-align:top}\
td.num{text-align:right;white-space:nowrap}code{font-size:.9em;overflow-wrap:anywhere}\
.clave{font-size:1.35rem;letter-spacing:.04em}form.linea{display:inline}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.4rem 0}\
.ancho{overflow-x:auto}.caja>p{margin:.2rem 0 .5rem}.caja>h2{margin-top:.2rem}\
.tira{background:#fff7db;border-bottom:1px solid #e6d48f;padding:.4rem 1.5rem}";

/// Text that cannot become markup.
pub fn esc(texto: &str) -> String {
    let mut salida = String::with_capacity(texto.len());
    for c in texto.chars() {
        match c {
            '&' => salida.push_str("&amp;"),
            '<' => salida.push_str("&lt;"),
            '>' => salida.push_str("&gt;"),
            '"' => salida.push_str("&quot;"),
            '\'' => salida.push_str("&#39;"),
            otro => salida.push(otro),
        }
    }
    salida
}

/// `$ 1,234.50 MXN`.
pub fn money(centavos: i64, moneda: Moneda) -> String {
    let signo = match moneda {
        Moneda::Mxn => "$",
        Moneda::Pen => "S/",
        Moneda::Usd => "US$",
    };
    let texto = importes::write(centavos.abs());
    let (entero, decimales) = texto.split_once('.').unwrap_or((&texto, "00"));
    let mut grupos = String::new();
    for (n, c) in entero.chars().enumerate() {
        if n > 0 && (entero.len() - n) % 3 == 0 {
            grupos.push(',');
        }
        grupos.push(c);
    }
    let menos = if centavos < 0 { "-" } else { "" };
    format!("{menos}{signo} {grupos}.{decimales} {moneda}")
}

/// `2026-11-20 10:00:00 UTC`.
pub fn when(instante: Instante) -> String {
    let texto = instante.to_string().replace('T', " ");
    format!("{} UTC", texto.trim_end_matches('Z').split('.').next().unwrap_or_default())
}

/// A whole page. `clase` is `angosto` for the ones of a person.
pub fn page(titulo: &str, clase: &str, cuerpo: &str) -> Response {
    let titulo = esc(titulo);
    let html = format!(
        "<!doctype html><html lang=\"es\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{titulo}</title>\
         <style>{ESTILO}</style></head><body><div class=\"tira\">Pasarela emulada: aquí no se \
         mueve dinero.</div><main class=\"{clase}\"><h1>{titulo}</h1>{cuerpo}</main></body></html>"
    );
    let mut respuesta = (StatusCode::OK, html).into_response();
    let fijas = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; \
             base-uri 'none'",
        ),
    ];
    for (nombre, valor) in fijas {
        respuesta.headers_mut().insert(nombre, HeaderValue::from_static(valor));
    }
    respuesta
}

/// A page that says why not.
pub fn refused(estado: StatusCode, mensaje: &str) -> Response {
    let cuerpo = format!("<div class=\"caja\"><p>{}</p></div>", esc(mensaje));
    let mut respuesta = page("No se puede", "angosto", &cuerpo);
    *respuesta.status_mut() = estado;
    respuesta
}

/// `303 See Other`; an address that cannot be a header goes nowhere.
pub fn see_other(direccion: &str) -> Response {
    match HeaderValue::from_str(direccion) {
        Ok(valor) => (StatusCode::SEE_OTHER, [(header::LOCATION, valor)]).into_response(),
        Err(_) => refused(StatusCode::BAD_REQUEST, "La dirección de regreso no es válida."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_concept_with_markup_stays_text_and_money_reads_as_money() {
        assert_eq!(esc("<b a='1'>&\"</b>"), "&lt;b a=&#39;1&#39;&gt;&amp;&quot;&lt;/b&gt;");
        assert_eq!(money(123_456_789, Moneda::Mxn), "$ 1,234,567.89 MXN");
        assert_eq!(money(-5, Moneda::Pen), "-S/ 0.05 PEN");
    }
}
