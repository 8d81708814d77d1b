//! The company and who acts in it: empresa, emisores, users with roles and sessions, API keys,
//! audit trail, sealed secrets. It sends no message and holds no certificate: those stand on this.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod actions;
pub mod auditoria;
pub mod avisador;
pub mod clave;
pub mod codigo;
pub mod contrasena;
pub mod emisor;
pub mod empresa;
pub mod error;
pub mod events;
pub mod http;
pub mod identidad;
pub mod ingreso;
pub mod instalacion;
pub mod intento;
pub mod oidc;
pub mod permiso;
pub mod puerta;
pub mod rol;
pub mod sello;
pub mod sesion;
mod storage;
pub mod sucursal;
pub mod textos;
pub mod usuario;
pub mod vista_guardada;

pub use actions::audit::audit;
pub use actions::create_clave::{ClaveCreada, NuevaClave, create_clave};
pub use actions::create_emisor::create_emisor;
pub use actions::create_empresa::create_empresa;
pub use actions::create_usuario::create_usuario;
pub use actions::put_secret::put_secret;
pub use actions::revoke_clave::revoke_clave;
pub use actions::suspend_usuario::{reactivate_usuario, suspend_usuario};
pub use actions::update_ajustes::{update_ajustes_emisor, update_ajustes_empresa};
pub use actions::update_usuario::{CambioUsuario, update_usuario};
pub use actions::write_rol::{create_rol, delete_rol, update_rol};
pub use actions::write_sucursal::{create_sucursal, update_sucursal};
pub use auditoria::{Anotacion, Registro};
pub use avisador::{Avisador, AvisoSaliente, avisos_de};
pub use clave::{Clave, ClaveId};
pub use emisor::{Emisor, EmisorId, Modo, NuevoEmisor};
pub use empresa::{Empresa, EmpresaId, NuevaEmpresa};
pub use error::Error;
pub use http::can::Can;
pub use http::capa::identify;
pub use http::paginas::vistas::vistas_de;
pub use http::vista::{Cualquiera, Vista};
pub use identidad::Identidad;
pub use instalacion::{codigo_de_instalacion, create_administrador};
pub use oidc::AjustesOidc;
pub use permiso::Permiso;
pub use puerta::Puerta;
pub use rol::{DatosRol, Rol};
pub use sello::{Secreto, Sello, SelloError};
pub use sesion::SesionActual;
pub use storage::auditoria::{FiltroTrail, auditoria};
pub use storage::roles::{rol, roles, sucursal, sucursales};
pub use storage::usuarios::{roles_de, usuario, usuario_por_correo};
pub use storage::{
    emisor, emisor_por_numero, emisores, empresa, empresa_if_any, get_secret, secret_names,
};
pub use sucursal::{Alcance, DatosSucursal, EnSucursal, Sucursal, SucursalId};
pub use usuario::{NuevoUsuario, RolDado, Usuario, UsuarioId};

use ramal_db::Migracion;
use ramal_db::Tx;
use ramal_web::{Rutas, Sitio};

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
    Migracion {
        id: "20261121_0920_identidad",
        sql: include_str!("../migrations/20261121_0920_identidad.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261121_0921_auditoria_por_cosa",
        sql: include_str!("../migrations/20261121_0921_auditoria_por_cosa.sql"),
        postgres: None,
    },
    Migracion {
        id: "20261122_1010_permisos_de_pagos",
        sql: include_str!("../migrations/20261122_1010_permisos_de_pagos.sql"),
        postgres: None,
    },
];

/// Permissions that the slice's routes ask for.
pub const PERMISOS: &[&str] = http::permisos::TODOS;

/// Routes of the slice, relative to `/api/v1`.
pub fn rutas() -> Rutas {
    http::rutas()
}

/// Pages of the slice. [`identify`] goes around the pages of the whole program.
pub fn sitio() -> Sitio {
    http::paginas::sitio()
}

/// Removes what expired a day ago: sessions, links, attempts, messages. Gives the rows removed.
///
/// Errors: `DbError`.
pub async fn purge_identidad(tx: &Tx, cx: &ramal_base::Cx) -> Result<u64, ramal_db::DbError> {
    storage::credenciales::purge(tx, cx.now()).await
}
