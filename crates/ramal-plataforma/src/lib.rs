//! The company and who acts in it: empresa, emisores, API keys with permissions, audit trail,
//! sealed secrets. No users, no screens and no certificates: those stand on this.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod auditoria;
pub mod clave;
pub mod emisor;
pub mod empresa;
pub mod error;
pub mod events;
pub mod http;
pub mod identidad;
pub mod permiso;
pub mod sello;
mod storage;

pub use actions::audit::audit;
pub use actions::create_clave::{ClaveCreada, NuevaClave, create_clave};
pub use actions::create_emisor::create_emisor;
pub use actions::create_empresa::create_empresa;
pub use actions::put_secret::put_secret;
pub use actions::revoke_clave::revoke_clave;
pub use actions::update_ajustes::{update_ajustes_emisor, update_ajustes_empresa};
pub use auditoria::{Anotacion, Registro};
pub use clave::{Clave, ClaveId};
pub use emisor::{Emisor, EmisorId, Modo, NuevoEmisor};
pub use empresa::{Empresa, EmpresaId, NuevaEmpresa};
pub use error::Error;
pub use http::can::Can;
pub use http::vista::{Cualquiera, Vista};
pub use identidad::Identidad;
pub use permiso::Permiso;
pub use sello::{Secreto, Sello, SelloError};
pub use storage::{
    emisor, emisor_por_numero, emisores, empresa, empresa_if_any, get_secret, secret_names,
};

use ramal_db::Migracion;
use ramal_web::Rutas;

/// Migrations of the slice.
pub const MIGRACIONES: &[Migracion] = &[
    Migracion {
        id: "20261120_0910_plataforma",
        sql: include_str!("../migrations/20261120_0910_plataforma.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261120_0911_auditoria_fija",
        sql: include_str!("../migrations/20261120_0911_auditoria_fija.sql"),
        postgres: Some(include_str!("../migrations/20261120_0911_auditoria_fija.postgres.sql")),
    },
];

/// Permissions that the slice's routes ask for.
pub const PERMISOS: &[&str] = http::permisos::TODOS;

/// Routes of the slice, relative to `/api/v1`.
pub fn rutas() -> Rutas {
    http::rutas()
}
