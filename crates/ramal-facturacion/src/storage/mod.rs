//! SQL of the slice. Nothing outside writes its tables.

pub mod cargos;
pub mod corridas;
pub mod facturas;
