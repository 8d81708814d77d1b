//! What WhatsApp tells us: deliveries kept raw, then read in order of nothing. Whatever the order,
//! the batches and the repetitions, the same rows are left.

pub mod estados;
pub mod mensajes;
pub mod novedades;
pub mod recibir;
