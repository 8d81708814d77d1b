//! A new product, with its parts if it is a combo.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_fiscal::Impuesto;
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use super::partes;
use crate::events::ProductoActualizado;
use crate::formulario::{self, DatosProducto};
use crate::{Error, Producto, reglas, storage};

/// Makes a product. Emits `ProductoActualizado`.
///
/// Errors: `Datos` with every refused field, `Duplicado` of code or name, `Storage`.
pub async fn create_producto(tx: &Tx, cx: &Cx, datos: DatosProducto) -> Result<Producto, Error> {
    let mut producto = new_producto(cx, &datos);
    let mut errores = Vec::new();
    formulario::check(&mut producto, &mut errores);
    let partes = partes::check(tx, &producto, &datos.componentes, &mut errores).await?;
    if !errores.is_empty() {
        return Err(Error::Datos(errores));
    }
    storage::insert(tx, &producto).await.map_err(Error::taken("producto"))?;
    storage::replace_componentes(tx, producto.id, &partes).await?;
    let despues = json!({ "producto": producto, "componentes": datos.componentes });
    let registro = Registro::new("producto.crear", "producto", producto.id).despues(despues);
    audit(tx, cx, registro).await?;
    tx.emit(cx, &ProductoActualizado::from(&producto)).await?;
    Ok(producto)
}

fn new_producto(cx: &Cx, datos: &DatosProducto) -> Producto {
    let ahora = cx.now();
    Producto {
        id: cx.new_id(),
        codigo: datos.codigo.clone().unwrap_or_else(|| reglas::slug(&datos.nombre)),
        nombre: datos.nombre.clone(),
        clase: datos.clase.unwrap_or(datos.categoria.clase()),
        categoria: datos.categoria,
        tecnologia: datos.tecnologia,
        precio: datos.precio,
        periodos: datos.periodos.clone(),
        impuesto_incluido: datos.impuesto_incluido,
        requiere_factura: datos.requiere_factura,
        impuesto: datos.impuesto.unwrap_or(Impuesto::General),
        clave_prod_serv: datos.clave_prod_serv.clone(),
        clave_unidad: datos.clave_unidad.clone(),
        velocidad_mbps: datos.velocidad_mbps,
        configuracion: datos.configuracion.clone(),
        activo: true,
        version: 1,
        creado: ahora,
        actualizado: ahora,
    }
}
