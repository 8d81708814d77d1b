//! What can be done with a customer. Each takes the transaction first and never commits.

mod create_cliente;
mod partes;
mod register_consentimiento;
mod set_estado;
mod update_cliente;

pub use create_cliente::{create_cliente, new_cliente};
pub use partes::{add_contacto, add_domicilio};
pub use register_consentimiento::{ConsentimientoRegistrado, register_consentimiento};
pub use set_estado::{set_estado, take_back};
pub use update_cliente::update_cliente;
