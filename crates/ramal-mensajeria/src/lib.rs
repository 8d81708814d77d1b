//! What the company tells people: notifications, templates, channels, deliveries.
//!
//! Promise: nothing leaves twice by itself, nothing leaves against a consent, and what was sent is
//! kept as it was. It knows no customer: callers hand it the addressee.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod ajustes;
pub mod avisador;
pub mod baja;
mod buzon;
pub mod canal;
pub mod canales;
pub mod clase;
pub mod entrada;
pub mod envio;
pub mod error;
pub mod events;
pub mod horario;
pub mod http;
pub mod jobs;
pub mod mantenimiento;
pub mod notificacion;
pub mod permisos;
pub mod plantilla;
pub mod registro_meta;
pub mod salida;
pub mod storage;
pub mod telefono;
pub mod textos;
mod validacion;
pub mod valor;

pub use actions::cancel::cancel;
pub use actions::notify::{canales_intentados, de_objeto, estado, notify};
pub use avisador::AvisadorMensajeria;
pub use canal::Canal;
pub use canales::{Canales, CanalesDeAjustes};
pub use clase::{Categoria, Clase, Finalidad};
pub use envio::{EnvioId, EstadoEnvio};
pub use error::Error;
pub use http::{rutas, sitio};
pub use jobs::{SUSCRIPCIONES, horarios, manejadores};
pub use notificacion::{
    Adjunto, Destinatario, EstadoNotificacion, NotificacionId, NotificacionVista, NuevaNotificacion,
};
pub use registro_meta::submit_plantillas;
pub use valor::{Valor, Variables};

use ramal_db::Migracion;

/// Permissions that the slice's routes ask for.
pub const PERMISOS: &[&str] = permisos::TODOS;

/// Tables of the slice.
pub const MIGRACIONES: &[Migracion] = &[Migracion {
    id: "20261122_0920_mensajeria",
    sql: include_str!("../migrations/20261122_0920_mensajeria.sql"),
    postgres: None,
}];
