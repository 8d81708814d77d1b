//! SQL of the slice, one file per table. Decides nothing.

pub mod cobros;
pub mod cuarentena;
pub mod devoluciones;
pub mod lista;
pub mod remotos;
pub mod senales;
pub mod webhooks;
