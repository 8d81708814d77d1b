//! Pages of the emulated WhatsApp: phones, chats, templates, switches. They only read and press:
//! what a press does is in `persona`.

mod acciones;
mod burbuja;
mod vistas;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};

use super::Emulador;
use super::lienzo::{own_forms, style};

/// Where the pages hang.
pub(super) const BASE: &str = "/emuladores/whatsapp";
/// Links of every page.
pub(super) const MENU: [(&str, &str); 4] = [
    ("/emuladores/whatsapp", "Teléfonos"),
    ("/emuladores/whatsapp/plantillas", "Plantillas"),
    ("/emuladores/whatsapp/interruptores", "Interruptores"),
    ("/emuladores/correo", "Correo"),
];
/// Largest file that a person sends from the page, bytes.
const MAX_ARCHIVO: usize = 17 * 1024 * 1024;

/// The routes.
pub fn routes() -> Router<Arc<Emulador>> {
    let rutas = Router::new()
        .route("/", get(vistas::phones))
        .route("/estilo.css", get(style))
        .route("/personas", post(acciones::introduce))
        .route("/chat/{wa}", get(vistas::chat))
        .route("/chat/{wa}/texto", post(acciones::write))
        .route(
            "/chat/{wa}/archivo",
            post(acciones::attach).layer(DefaultBodyLimit::max(MAX_ARCHIVO)),
        )
        .route("/chat/{wa}/boton", post(acciones::press))
        .route("/chat/{wa}/leer", post(acciones::open_chat))
        .route("/chat/{wa}/preferencia", post(acciones::prefer))
        .route("/chat/{wa}/presencia", post(acciones::set_presence))
        .route("/medios/{id}", get(vistas::media))
        .route("/plantillas", get(vistas::templates))
        .route("/plantillas/{id}", post(acciones::decide))
        .route("/interruptores", get(vistas::switches).post(acciones::switch))
        .route("/webhook", post(acciones::webhook));
    // A nested root answers without its slash, which is how the page is called.
    Router::new().nest(BASE, rutas).layer(from_fn(own_forms))
}
