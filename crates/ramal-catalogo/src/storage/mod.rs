//! SQL of the slice, a file per table. Nothing outside writes its tables.

mod componentes;
mod precios;
mod productos;
mod promociones;
mod zonas;

pub use componentes::{Componente, componentes, replace_componentes};
pub use precios::{FiltroPrecios, list_precios, precio_en, precios_en, put_precio};
pub use productos::{FiltroProductos, all, by_id, by_ids, by_nombre, insert, list, lock, update};
pub use promociones::{
    insert_promocion, list_promociones, lock_promocion, promocion, promociones_en, update_promocion,
};
pub use zonas::{
    insert_zona, list_zonas, lock_zona, update_zona, zona, zona_by_codigo, zonas_activas,
};
