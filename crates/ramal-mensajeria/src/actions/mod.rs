//! What can be done: each in one transaction, begun and committed by whoever calls.

pub mod ask_prueba;
pub mod cancel;
pub mod notify;
pub mod retry_envio;
pub mod set_up;
pub mod write_ajustes;
pub mod write_plantilla;
