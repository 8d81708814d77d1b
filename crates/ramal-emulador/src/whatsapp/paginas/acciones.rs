//! The forms of the pages. Each one does one thing and goes back.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Multipart, Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::BASE;
use super::vistas::{refusal, sheet, switches_body};
use crate::whatsapp::lienzo::back;
use crate::whatsapp::persona::{Marketing, NoSePuede, Presencia};
use crate::whatsapp::{Emulador, Interruptores};

type App = State<Arc<Emulador>>;

fn to_chat<T>(wa: &str, hecho: Result<T, NoSePuede>) -> Response {
    match hecho {
        Ok(_) => back(&format!("{BASE}/chat/{wa}")),
        Err(error) => refusal(&error.to_string()),
    }
}

#[derive(Deserialize)]
pub struct Persona {
    telefono: String,
    #[serde(default)]
    nombre: String,
    texto: String,
}

/// A person writes first.
pub async fn introduce(State(emulador): App, Form(p): Form<Persona>) -> Response {
    match emulador.introduce(&p.telefono, &p.nombre) {
        Ok(wa) => to_chat(&wa, emulador.write(&wa, p.texto.trim())),
        Err(error) => refusal(&error.to_string()),
    }
}

#[derive(Deserialize)]
pub struct Texto {
    texto: String,
}

/// A person answers.
pub async fn write(State(emulador): App, Path(wa): Path<String>, Form(t): Form<Texto>) -> Response {
    if t.texto.trim().is_empty() {
        return refusal("El mensaje está vacío.");
    }
    to_chat(&wa, emulador.write(&wa, t.texto.trim()))
}

/// A person sends a file.
pub async fn attach(
    State(emulador): App,
    Path(wa): Path<String>,
    mut formulario: Multipart,
) -> Response {
    let (mut pie, mut archivo) = (String::new(), None);
    while let Ok(Some(campo)) = formulario.next_field().await {
        match campo.name().unwrap_or_default() {
            "pie" => pie = campo.text().await.unwrap_or_default(),
            "archivo" => {
                let nombre = campo.file_name().unwrap_or_default().to_owned();
                let mime = campo.content_type().unwrap_or_default().to_owned();
                archivo = campo.bytes().await.ok().map(|bytes| (nombre, mime, bytes));
            }
            _ => {}
        }
    }
    let Some((nombre, mime, bytes)) = archivo else {
        return refusal("Falta el archivo.");
    };
    to_chat(&wa, emulador.attach(&wa, (&nombre, &mime, &bytes), pie.trim()))
}

#[derive(Deserialize)]
pub struct Pulsado {
    wamid: String,
    indice: usize,
}

/// A person presses a quick reply.
pub async fn press(
    State(emulador): App,
    Path(wa): Path<String>,
    Form(p): Form<Pulsado>,
) -> Response {
    to_chat(&wa, emulador.press(&p.wamid, p.indice))
}

/// A person opens the chat.
pub async fn open_chat(State(emulador): App, Path(wa): Path<String>) -> Response {
    to_chat(&wa, emulador.open_chat(&wa))
}

#[derive(Deserialize)]
pub struct Valor {
    valor: String,
}

/// A person chooses about marketing.
pub async fn prefer(
    State(emulador): App,
    Path(wa): Path<String>,
    Form(v): Form<Valor>,
) -> Response {
    let que = if v.valor == "detener" { Marketing::Detener } else { Marketing::Reanudar };
    to_chat(&wa, emulador.prefer(&wa, que))
}

/// A number gets WhatsApp, or loses it.
pub async fn set_presence(
    State(emulador): App,
    Path(wa): Path<String>,
    Form(v): Form<Valor>,
) -> Response {
    let que = if v.valor == "sin" { Presencia::SinWhatsapp } else { Presencia::ConWhatsapp };
    to_chat(&wa, emulador.set_presence(&wa, que))
}

#[derive(Deserialize)]
pub struct Decision {
    estado: String,
}

/// Somebody at Meta decides on a template.
pub async fn decide(
    State(emulador): App,
    Path(id): Path<String>,
    Form(d): Form<Decision>,
) -> Response {
    let conocido = ["APPROVED", "REJECTED", "PAUSED", "DISABLED"].contains(&d.estado.as_str());
    let hecho = if conocido { emulador.decide_template(&id, &d.estado) } else { Ok(false) };
    match hecho {
        Ok(true) => back(&format!("{BASE}/plantillas")),
        Ok(false) => refusal("Esa plantilla o ese estado no existen."),
        Err(error) => refusal(&error.to_string()),
    }
}

#[derive(Deserialize)]
pub struct Json {
    json: String,
}

/// New switches.
pub async fn switch(State(emulador): App, Form(f): Form<Json>) -> Response {
    match serde_json::from_str::<Interruptores>(&f.json) {
        Ok(nuevos) => {
            emulador.switch(nuevos);
            back(&format!("{BASE}/interruptores"))
        }
        Err(error) => {
            let motivo = format!("El JSON no se entiende: {error}");
            sheet("Interruptores de WhatsApp", switches_body(&emulador, &f.json, &motivo))
        }
    }
}

/// Registers the address of the webhooks again.
pub async fn webhook(State(emulador): App) -> Response {
    match emulador.register_webhook().await {
        true => back(&format!("{BASE}/interruptores")),
        false => refusal("La dirección de los avisos no devolvió el reto, o no hay ninguna."),
    }
}
