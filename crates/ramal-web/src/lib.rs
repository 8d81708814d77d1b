//! HTTP kit of Ramal: state, extractors, problem+json, idempotency keys, OpenAPI and its reference
//! page, and the kit of the pages. It knows no slice and no permission.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod app;
pub mod cabeceras;
pub mod capas;
pub mod caracteres;
pub mod direccion;
pub mod ensamble;
pub mod entorno;
pub mod estatico;
pub mod etag;
pub mod extractores;
pub mod grafico;
pub mod idempotencia;
pub mod limites;
pub mod motivos;
pub mod openapi;
pub mod pagina;
pub mod paginas;
pub mod problem;
pub mod referencia;
pub mod respuesta;
pub mod salud;
pub mod servidor;
pub mod sse;
mod vestido;

pub use app::{Actor, App, Borde, Rutas};
pub use direccion::{Direccion, Proxy};
pub use ensamble::{assemble, documento};
pub use entorno::{Entorno, Firma, Modo};
pub use etag::{CabeceraIfMatch, Etag, IfMatch};
pub use extractores::{Filtros, Parsed, Ruta};
pub use idempotencia::{CabeceraIdempotencia, ClaveIdempotencia};
pub use pagina::{Formulario, Marco, Navegante, Peticion, Sitio};
pub use paginas::{PaginaView, Paginacion};
pub use problem::{Problem, ProblemaView};
pub use respuesta::Created;
pub use servidor::{Servidor, servir};

use ramal_db::Migracion;

/// Migrations of the HTTP kit: idempotency keys.
pub const MIGRACIONES: &[Migracion] = &[Migracion {
    id: "20261120_0905_claves_idempotencia",
    sql: include_str!("../migrations/20261120_0905_claves_idempotencia.sql"),
    postgres: None,
}];
