//! Pages of the emulated mail: list, message, its HTML in a cage, files, raw, switches. A message
//! runs nothing and loads nothing from outside.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;

use super::lectura::{self, Leido};
use super::{Emulador, Interruptores, Recibido};
use crate::whatsapp::lienzo::{Hoja, back, escape, file, own_forms, style, time};

const BASE: &str = "/emuladores/correo";
const MENU: [(&str, &str); 3] = [
    ("/emuladores/correo", "Correos"),
    ("/emuladores/correo/interruptores", "Interruptores"),
    ("/emuladores/whatsapp", "WhatsApp"),
];
/// Messages of one page.
const POR_PAGINA: usize = 100;
/// The HTML of a message: its style and its own images, nothing else, in an origin of nobody.
const JAULA: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; \
                     frame-ancestors 'self'";

type App = State<Arc<Emulador>>;

/// The routes.
pub fn routes() -> Router<Arc<Emulador>> {
    let rutas = Router::new()
        .route("/", get(list))
        .route("/estilo.css", get(style))
        .route("/interruptores", get(switches).post(switch))
        .route("/{numero}", get(message))
        .route("/{numero}/html", get(html))
        .route("/{numero}/crudo", get(raw))
        .route("/{numero}/adjuntos/{i}", get(attachment));
    Router::new().nest(BASE, rutas).layer(from_fn(own_forms))
}

fn sheet(titulo: &str, cuerpo: String) -> Response {
    Hoja { titulo, base: BASE, menu: &MENU, cuerpo }.render(StatusCode::OK)
}

fn missing() -> Response {
    let cuerpo = format!("<p><a href=\"{BASE}\">Volver a los correos</a></p>");
    let hoja = Hoja { titulo: "Ese correo no existe", base: BASE, menu: &MENU, cuerpo };
    hoja.render(StatusCode::NOT_FOUND)
}

#[derive(Deserialize)]
struct Busca {
    #[serde(default)]
    q: String,
    antes: Option<usize>,
}

/// Messages, the last one first.
async fn list(State(emulador): App, Query(busca): Query<Busca>) -> Response {
    let buzon = emulador.mailbox();
    let q = busca.q.trim().to_lowercase();
    let mut filas = String::new();
    let (mut vistas, mut siguiente) = (0, None);
    for (i, r) in buzon.resumenes.iter().enumerate().rev() {
        let numero = i + 1;
        let en_pagina = busca.antes.is_none_or(|antes| numero < antes);
        let coincide = || {
            let donde = format!("{} {} {}", r.asunto, r.de, r.para.join(" ")).to_lowercase();
            q.is_empty() || donde.contains(&q)
        };
        if !en_pagina || !coincide() {
            continue;
        }
        if vistas == POR_PAGINA {
            siguiente = Some(numero + 1);
            break;
        }
        vistas += 1;
        filas.push_str(&format!(
            "<tr><td><a href=\"{BASE}/{numero}\">{asunto}</a></td><td>{de}</td><td>{para}</td>\
             <td>{cuando}</td><td>{adjuntos}</td></tr>",
            asunto = escape(if r.asunto.is_empty() { "Sin asunto" } else { &r.asunto }),
            de = escape(&r.de),
            para = escape(&r.para.join(", ")),
            cuando = time(r.momento, &emulador.opciones.zona),
            adjuntos = r.adjuntos,
        ));
    }
    let mas = siguiente.map(|antes| {
        let q = escape(&busca.q);
        format!(
            "<form method=\"get\" action=\"{BASE}\"><input type=\"hidden\" name=\"q\" \
             value=\"{q}\">\
             <input type=\"hidden\" name=\"antes\" value=\"{antes}\"><button class=\"suave\">Ver \
             anteriores</button></form>"
        )
    });
    let tabla = table(&filas);
    let cuerpo = format!("{}{tabla}{}", intro(&busca.q), mas.unwrap_or_default());
    sheet("Correo emulado", cuerpo)
}

fn intro(q: &str) -> String {
    format!(
        "<p>Lo que aquí se ve es lo que habría salido por correo. Nada llega a nadie.</p>\
         <form class=\"panel\" method=\"get\" action=\"{BASE}\" role=\"search\"><label for=\"q\">\
         Buscar por asunto o dirección</label><input id=\"q\" name=\"q\" type=\"search\" \
         value=\"{}\"><button>Buscar</button></form>",
        escape(q)
    )
}

fn table(filas: &str) -> String {
    if filas.is_empty() {
        return "<p class=\"panel\">No hay correos que mostrar.</p>".into();
    }
    format!(
        "<div class=\"caja\" tabindex=\"0\" role=\"region\" aria-label=\"Correos\"><table><thead>\
         <tr>\
         <th scope=\"col\">Asunto</th><th scope=\"col\">De</th><th scope=\"col\">Para</th>\
         <th scope=\"col\">Recibido</th><th scope=\"col\">Adjuntos</th></tr></thead>\
         <tbody>{filas}</tbody></table></div>"
    )
}

/// One message.
async fn message(State(emulador): App, Path(numero): Path<usize>) -> Response {
    let Some(recibido) = emulador.message(numero) else {
        return missing();
    };
    let leido = lectura::read(&recibido.bytes());
    let titulo = if leido.asunto.is_empty() { "Sin asunto" } else { &leido.asunto };
    let cuerpo = [
        envelope(&recibido, &leido, &emulador),
        attachments(numero, &leido),
        content(numero, &leido),
        headers(numero, &leido),
    ];
    sheet(titulo, cuerpo.concat())
}

fn envelope(r: &Recibido, leido: &Leido, emulador: &Emulador) -> String {
    format!(
        "<dl class=\"panel\"><dt>De</dt><dd>{}</dd><dt>Para</dt><dd>{}</dd><dt>Remitente del \
         sobre</dt><dd>{}</dd><dt>Destinatarios del sobre</dt><dd>{}</dd><dt>Recibido</dt>\
         <dd>{}</dd><dt>Conexión</dt><dd>{}</dd></dl>",
        escape(&leido.de),
        escape(&leido.para),
        escape(if r.de.is_empty() { "vacío" } else { &r.de }),
        escape(&r.para.join(", ")),
        time(r.momento, &emulador.opciones.zona),
        if r.cifrado { "cifrada" } else { "sin cifrar" },
    )
}

fn attachments(numero: usize, leido: &Leido) -> String {
    if leido.adjuntos.is_empty() {
        return String::new();
    }
    let uno = |(i, a): (usize, &lectura::Archivo)| {
        format!(
            "<li><a href=\"{BASE}/{numero}/adjuntos/{i}\">{}</a> <span class=\"gris\">{}, {} \
             bytes</span></li>",
            escape(&a.nombre),
            escape(&a.mime),
            a.bytes.len()
        )
    };
    let lista: String = leido.adjuntos.iter().enumerate().map(uno).collect();
    format!("<h2>Adjuntos</h2><ul class=\"panel\">{lista}</ul>")
}

fn content(numero: usize, leido: &Leido) -> String {
    let texto = match &leido.texto {
        Some(texto) => format!("<h2>Texto</h2><div class=\"panel texto\">{}</div>", escape(texto)),
        None => String::new(),
    };
    let html = match leido.html {
        Some(_) => format!(
            "<h2>HTML</h2><iframe src=\"{BASE}/{numero}/html\" sandbox title=\"Correo en HTML\">\
             </iframe>"
        ),
        None => String::new(),
    };
    format!("{texto}{html}")
}

fn headers(numero: usize, leido: &Leido) -> String {
    let todas: String = leido
        .cabeceras
        .iter()
        .map(|(k, v)| format!("<dt>{}</dt><dd>{}</dd>", escape(k), escape(v)))
        .collect();
    format!(
        "<h2>Cabeceras</h2><dl class=\"panel\">{todas}</dl>\
         <p><a href=\"{BASE}/{numero}/crudo\">Ver el correo en crudo</a></p>"
    )
}

/// The HTML of a message, caged.
async fn html(State(emulador): App, Path(numero): Path<usize>) -> Response {
    let leido = emulador.message(numero).map(|r| lectura::read(&r.bytes()));
    let Some(html) = leido.and_then(|l| l.html) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let cabeceras = [
        (header::CONTENT_SECURITY_POLICY, JAULA),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (cabeceras, Html(html)).into_response()
}

/// The message as it came.
async fn raw(State(emulador): App, Path(numero): Path<usize>) -> Response {
    let Some(recibido) = emulador.message(numero) else {
        return missing();
    };
    let texto = String::from_utf8_lossy(&recibido.bytes()).into_owned();
    let cuerpo = format!(
        "<p><a href=\"{BASE}/{numero}\">Volver al correo</a></p>\
         <div class=\"panel crudo\" tabindex=\"0\" role=\"region\" aria-label=\"Correo en crudo\">\
         {}\
         </div>",
        escape(&texto)
    );
    sheet(&format!("Correo {numero} en crudo"), cuerpo)
}

/// A file of a message.
async fn attachment(State(emulador): App, Path((numero, i)): Path<(usize, usize)>) -> Response {
    let leido = emulador.message(numero).map(|r| lectura::read(&r.bytes()));
    match leido.and_then(|l| l.adjuntos.into_iter().nth(i)) {
        Some(a) => file(&a.mime, &a.nombre, a.bytes),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn switches(State(emulador): App) -> Response {
    let json = serde_json::to_string_pretty(&emulador.mando.current()).unwrap_or_default();
    sheet("Interruptores del correo", switches_body(&json, ""))
}

fn switches_body(json: &str, error: &str) -> String {
    let aviso = match error {
        "" => String::new(),
        e => format!("<p class=\"mal\" role=\"alert\">{}</p>", escape(e)),
    };
    format!(
        "<p>Hacen fallar al servidor como fallan los de verdad.</p>{aviso}<form class=\"panel\" \
         method=\"post\" action=\"{BASE}/interruptores\"><label for=\"json\">Interruptores en \
         JSON</label><textarea id=\"json\" name=\"json\" class=\"codigo\" spellcheck=\"false\">{}\
         </textarea><button>Guardar interruptores</button></form>",
        escape(json)
    )
}

#[derive(Deserialize)]
struct Json {
    json: String,
}

async fn switch(State(emulador): App, Form(f): Form<Json>) -> Response {
    match serde_json::from_str::<Interruptores>(&f.json) {
        Ok(nuevos) => {
            emulador.switch(nuevos);
            back(&format!("{BASE}/interruptores"))
        }
        Err(error) => {
            let motivo = format!("El JSON no se entiende: {error}");
            sheet("Interruptores del correo", switches_body(&f.json, &motivo))
        }
    }
}
