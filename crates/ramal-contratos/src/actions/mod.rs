//! What can be done with contratos and servicios. Each takes the transaction first and never
//! commits.

mod contratar;
mod create_contrato;
mod partes;
mod record;
mod refresh_estados;
mod step_servicio;
mod update_servicio;

pub use contratar::contratar;
pub use create_contrato::create_contrato;
pub use partes::{cliente_id, hoy};
pub use refresh_estados::refresh_estado;
pub use step_servicio::{cancel, reactivate, suspend};
pub use update_servicio::{BajaInmediata, update_servicio};
