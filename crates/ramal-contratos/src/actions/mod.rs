//! What can be done with contratos and servicios. Each takes the transaction first and never
//! commits.

mod contratar;
mod create_contrato;
mod partes;
mod record;
mod refresh_estados;
mod step_servicio;
mod take_back;
mod update_servicio;

pub use contratar::contratar;
pub use create_contrato::create_contrato;
pub use partes::{cliente_id, hoy, zona_de_servicio};
pub use refresh_estados::refresh_estado;
pub use step_servicio::{cancel, end_pause, lift_cut, pause_between, reactivate, suspend};
pub use take_back::{is_reversible, take_back};
pub use update_servicio::{BajaInmediata, update_servicio};
