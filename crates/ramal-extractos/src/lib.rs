//! Bank statements and provider reports as canonical lines, and matching without guessing.
//!
//! Promise: a file is read whole or refused whole with the line and the reason, no amount passes
//! through a float, and a movement is given a destination alone only when exactly one exists. No
//! database, no HTTP.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod camt;
pub mod cotejo;
pub mod cuentas;
pub mod error;
pub mod importe;
pub mod lectura;
pub mod linea;
pub mod mt940;
pub mod ofx;
pub mod perfil;
pub mod perfiles;
pub mod tabla;
pub mod texto;

pub use cotejo::{Veredicto, match_renglon};
pub use error::{Motivo, Rechazo};
pub use lectura::{Formato, read};
pub use linea::{Extracto, Linea};
pub use perfil::Perfil;
