//! SQL of the slice, a file per table. Nothing outside writes its tables.

mod componentes;
mod historia;
mod precios;
mod productos;
mod promociones;
mod zonas;

pub use componentes::{Componente, componentes, replace_componentes};
pub use historia::{PrecioPasado, historia};
pub use precios::{
    FiltroPrecios, list_precios, precio_en, precios_de, precios_en, precios_en_zonas, put_precio,
};
pub use productos::{
    FiltroProductos, all, by_codigo, by_id, by_ids, by_nombre, count, insert, list, lock, update,
};
pub use promociones::{
    FiltroPromociones, Vigencia, count_promociones, insert_promocion, list_promociones,
    lock_promocion, promocion, promocion_by_codigo, promociones_en, search_promociones,
    update_promocion,
};
pub use zonas::{
    FiltroZonas, count_zonas, insert_zona, list_zonas, lock_zona, search_zonas, update_zona, zona,
    zona_by_codigo, zonas_activas,
};

use crate::reglas;

/// What a code, and a name in lower case, must contain to match what somebody typed. Signs alone
/// match nothing, and no wildcard survives.
fn patterns(texto: &str) -> (String, String) {
    let slug = reglas::slug(texto);
    let literal = texto.trim().to_lowercase().replace(['%', '_', '\\'], " ");
    let around = |t: &str| if t.trim().is_empty() { String::new() } else { format!("%{t}%") };
    (around(&slug), around(&literal))
}
