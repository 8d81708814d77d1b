//! What can be done with batches: bring one in (or rehearse it), take one back.

mod corrida;
mod deshacer;
mod importar;
mod procesar;

pub use deshacer::{Deshecho, deshacer, refuse_billed};
pub use importar::{Duplicados, Intencion, PedidoImportacion, importar};
pub use procesar::{Mesa, procesar};
