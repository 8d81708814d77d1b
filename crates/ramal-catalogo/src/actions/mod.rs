//! What can be done with the catalogue. Each takes the transaction first and never commits.

mod ensure_producto_generico;
mod import_catalogo;

pub use ensure_producto_generico::{NOMBRE_GENERICO, ensure_producto_generico};
pub use import_catalogo::{Importado, import_catalogo};
