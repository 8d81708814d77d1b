//! Change of a product. Its code, kind and currency never change: another one is another product.

use ramal_base::{CampoInvalido, Cx};
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use super::partes;
use crate::events::ProductoActualizado;
use crate::formulario::{self, CambioProducto};
use crate::{Error, Producto, ProductoId, storage};

/// Changes what the command names. Emits `ProductoActualizado`.
///
/// A change that changes nothing keeps the version and emits nothing; services already contracted
/// keep their own price.
/// Errors: `Datos`, `ProductoNotFound`, `Duplicado` of the name, `Storage`.
pub async fn update_producto(
    tx: &Tx,
    cx: &Cx,
    id: ProductoId,
    cambio: CambioProducto,
) -> Result<Producto, Error> {
    let antes = storage::lock(tx, id).await?.ok_or(Error::ProductoNotFound)?;
    let mut producto = cambio.applied_to(&antes);
    let mut errores = Vec::new();
    formulario::check(&mut producto, &mut errores);
    if producto.precio.moneda != antes.precio.moneda {
        let motivo = "La moneda de un producto no cambia; cree otro producto.";
        errores.push(CampoInvalido::new("precio.moneda", "moneda_fija", motivo));
    }
    let partes = match &cambio.componentes {
        Some(componentes) => Some(partes::check(tx, &producto, componentes, &mut errores).await?),
        None => None,
    };
    if !errores.is_empty() {
        return Err(Error::Datos(errores));
    }
    if producto == antes && partes.is_none() {
        return Ok(antes);
    }
    let producto = Producto { version: antes.version + 1, actualizado: cx.now(), ..producto };
    storage::update(tx, &producto).await.map_err(Error::taken("producto"))?;
    if let Some(partes) = &partes {
        storage::replace_componentes(tx, id, partes).await?;
    }
    let despues = json!({ "producto": producto, "componentes": cambio.componentes });
    let registro = Registro::new("producto.actualizar", "producto", id);
    audit(tx, cx, registro.antes(json!({ "producto": antes })).despues(despues)).await?;
    tx.emit(cx, &ProductoActualizado::from(&producto)).await?;
    Ok(producto)
}
