//! The product of services that come from a system without a catalogue. It has no price of its own.

use ramal_base::{Cx, Dinero, Moneda};
use ramal_db::Tx;
use ramal_fiscal::Impuesto;
use serde_json::json;

use crate::events::ProductoActualizado;
use crate::{Categoria, ClaseProducto, Error, Periodicidad, Producto, reglas, storage};

/// Name of the generic product in the first currency that asked for one.
pub const NOMBRE_GENERICO: &str = "Servicio existente";

/// Gives «Servicio existente», making it the first time; each further currency has one of its own.
///
/// Shape: price zero (each servicio brings its own), taxes inside, every period but two months.
/// Errors: `Storage`. Emits `ProductoActualizado` when it makes one.
pub async fn ensure_producto_generico(tx: &Tx, cx: &Cx, moneda: Moneda) -> Result<Producto, Error> {
    // The row of this counter is the lock: of two imports at once one makes it, the other finds it.
    tx.take_numbers("productos.generico", 1).await?;
    let primero = storage::by_nombre(tx, NOMBRE_GENERICO).await?;
    let nombre = match primero {
        Some(producto) if producto.precio.moneda == moneda => return Ok(producto),
        Some(_) => format!("{NOMBRE_GENERICO} {moneda}"),
        None => NOMBRE_GENERICO.to_owned(),
    };
    if let Some(producto) = storage::by_nombre(tx, &nombre).await? {
        return Ok(producto);
    }
    let producto = generic(cx, nombre, moneda);
    storage::insert(tx, &producto).await?;
    tx.emit(cx, &ProductoActualizado::from(&producto)).await?;
    Ok(producto)
}

fn generic(cx: &Cx, nombre: String, moneda: Moneda) -> Producto {
    let ahora = cx.now();
    Producto {
        id: cx.new_id(),
        codigo: reglas::slug(&nombre),
        nombre,
        clase: ClaseProducto::Servicio,
        categoria: Categoria::Otros,
        tecnologia: None,
        precio: Dinero::cero(moneda),
        periodos: vec![
            Periodicidad::Mensual,
            Periodicidad::Trimestral,
            Periodicidad::Semestral,
            Periodicidad::Anual,
        ],
        impuesto_incluido: true,
        requiere_factura: true,
        impuesto: Impuesto::General,
        clave_prod_serv: None,
        clave_unidad: None,
        velocidad_mbps: None,
        configuracion: json!({}),
        activo: true,
        version: 1,
        creado: ahora,
        actualizado: ahora,
    }
}
