//! OpenID Connect client for the sign-in of staff: discovery, authorization code with PKCE, checked
//! ID tokens, back-channel logout. It keeps no session, opens no database and grants no permission.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod ajustes;
mod error;
mod ficha;
mod firma;
mod ingreso;
mod proveedor;
mod reclamos;
mod red;
mod salida;

pub use ajustes::{Ajustes, Secreto};
pub use error::{Error, TokenError};
pub use ingreso::{AZAR_BYTES, Pendiente, Regreso};
pub use proveedor::Proveedor;
pub use reclamos::Reclamos;
pub use red::http_client;
pub use salida::SalidaRemota;
