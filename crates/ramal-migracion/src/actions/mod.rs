//! What can be done with batches: bring one in (or rehearse it), take one back.

mod corrida;
mod deshacer;
mod importar;

pub use deshacer::{Deshecho, deshacer};
pub use importar::{Duplicados, Intencion, PedidoImportacion, importar};
