//! A new dated price rule.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use crate::promocion::{self, DatosPromocion, Descuento};
use crate::{Error, ProductoId, Promocion, storage};

/// Makes a promotion. Errors: `Datos`, `ProductoNotFound`, `Duplicado` of the code, `Storage`.
pub async fn create_promocion(tx: &Tx, cx: &Cx, datos: DatosPromocion) -> Result<Promocion, Error> {
    let valida = promocion::check(&datos).map_err(Error::Datos)?;
    let producto_id = datos.producto_id.map(ProductoId::from_uuid);
    check_producto(tx, producto_id, valida.descuento).await?;
    let promocion = Promocion {
        id: cx.new_id(),
        codigo: valida.codigo,
        nombre: valida.nombre,
        producto_id,
        descuento: valida.descuento,
        periodos: datos.periodos,
        desde: datos.desde,
        hasta: datos.hasta,
        activa: true,
        version: 1,
        creado: cx.now(),
        actualizado: cx.now(),
    };
    storage::insert_promocion(tx, &promocion).await.map_err(Error::taken("promocion"))?;
    let registro = Registro::new("promocion.crear", "promocion", promocion.id);
    audit(tx, cx, registro.despues(json!(promocion))).await?;
    Ok(promocion)
}

/// The product exists, and a fixed amount is in its currency: otherwise it would never apply.
async fn check_producto(
    tx: &Tx,
    id: Option<ProductoId>,
    descuento: Descuento,
) -> Result<(), Error> {
    let Some(id) = id else { return Ok(()) };
    let producto = storage::by_id(tx, id).await?.ok_or(Error::ProductoNotFound)?;
    match descuento {
        Descuento::Importe(importe) if importe.moneda != producto.precio.moneda => {
            let motivo = "El importe debe estar en la moneda del producto.";
            Err(Error::campo("importe.moneda", "moneda_distinta", motivo))
        }
        _ => Ok(()),
    }
}
