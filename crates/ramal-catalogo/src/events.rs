//! What the slice tells: products made and changed.

use ramal_db::Evento;
use serde::Serialize;

use crate::{Producto, ProductoId};

/// A product was made or changed.
#[derive(Serialize)]
pub struct ProductoActualizado {
    /// The product.
    pub producto_id: ProductoId,
    /// Its code.
    pub codigo: String,
    /// Version after the change, 1 if new.
    pub version: i64,
}

impl From<&Producto> for ProductoActualizado {
    fn from(producto: &Producto) -> ProductoActualizado {
        ProductoActualizado {
            producto_id: producto.id,
            codigo: producto.codigo.clone(),
            version: producto.version,
        }
    }
}

impl Evento for ProductoActualizado {
    const TIPO: &'static str = "producto.actualizado";
    fn sujeto(&self) -> String {
        format!("producto/{}", self.producto_id)
    }
}
