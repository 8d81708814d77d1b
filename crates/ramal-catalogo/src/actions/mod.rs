//! What can be done with the catalogue. Each takes the transaction first and never commits.

mod create_producto;
mod create_promocion;
mod create_zona;
mod ensure_producto_generico;
mod import_catalogo;
mod partes;
mod set_precio_zona;
mod update_producto;
mod update_promocion;
mod update_zona;

pub use create_producto::create_producto;
pub use create_promocion::create_promocion;
pub use create_zona::create_zona;
pub use ensure_producto_generico::{NOMBRE_GENERICO, ensure_producto_generico};
pub use import_catalogo::{Importado, import_catalogo};
pub use set_precio_zona::{PrecioPuesto, set_precio_zona};
pub use update_producto::update_producto;
pub use update_promocion::update_promocion;
pub use update_zona::update_zona;
