//! SQL of the slice. Nothing outside writes its tables.

pub mod cambios;
pub mod cargos;
pub mod consultas;
pub mod corridas;
pub mod facturas;
pub mod lista;
pub mod previas;
pub mod recargos;
