//! Pages of services: list, sheet, and one page per step with a check before it. What a step does
//! is decided by the actions, also in the check: it is done and rolled back.

pub mod cambio;
pub mod contratar;
pub mod del_cliente;
pub mod deshacer;
pub mod ensayo;
pub mod ficha;
pub mod hechos;
pub mod lista;
pub mod palabras;
pub mod paso;
pub mod pasos;
