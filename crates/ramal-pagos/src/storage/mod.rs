//! Reads and writes of the slice's tables. It decides nothing.

pub mod abiertas;
pub mod caja;
pub mod contracargos;
pub mod devoluciones;
pub mod lista;
pub mod pagos;
pub mod reporte;
