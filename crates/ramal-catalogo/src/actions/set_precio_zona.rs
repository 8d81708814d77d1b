//! Setting the price of a product in a zone from a day on.

use ramal_base::{CampoInvalido, Cx};
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};
use serde_json::json;

use crate::precio::DatosPrecio;
use crate::{Error, PrecioZona, Producto, ProductoId, Zona, ZonaId, reglas, storage};

/// A price after it was set.
#[derive(Clone, Debug)]
pub struct PrecioPuesto {
    /// The price.
    pub precio: PrecioZona,
    /// The one of the same first day that it took the place of.
    pub anterior: Option<PrecioZona>,
}

/// Sets a price; one of the same product, zone and first day is replaced.
///
/// Errors: `Datos`, `ProductoNotFound`, `ZonaNotFound`, `TecnologiaIncompatible`, `Storage`.
pub async fn set_precio_zona(tx: &Tx, cx: &Cx, datos: DatosPrecio) -> Result<PrecioPuesto, Error> {
    let producto_id = ProductoId::from_uuid(datos.producto_id);
    let zona_id = ZonaId::from_uuid(datos.zona_id);
    let mut errores = Vec::new();
    reglas::check_precio(datos.precio, "precio", &mut errores);
    reglas::check_vigencia(datos.desde, datos.hasta, &mut errores);
    if !errores.is_empty() {
        return Err(Error::Datos(errores));
    }
    let producto = storage::lock(tx, producto_id).await?.ok_or(Error::ProductoNotFound)?;
    let zona = storage::zona(tx, zona_id).await?.ok_or(Error::ZonaNotFound)?;
    check_sale(tx, &producto, &zona, &datos).await?;
    let anterior = storage::precio_en(tx, producto_id, zona_id, datos.desde).await?;
    let precio = PrecioZona {
        id: anterior.as_ref().map_or_else(|| cx.new_id(), |p| p.id),
        producto_id,
        zona_id,
        precio: datos.precio,
        desde: datos.desde,
        hasta: datos.hasta,
    };
    storage::put_precio(tx, &precio).await?;
    let mut registro = Registro::new("precio_zona.poner", "precio_zona", precio.id);
    if let Some(anterior) = &anterior {
        registro = registro.antes(json!(anterior));
    }
    audit(tx, cx, registro.despues(json!(precio))).await?;
    Ok(PrecioPuesto { precio, anterior })
}

/// The product can be sold in the zone, in that currency.
async fn check_sale(
    tx: &Tx,
    producto: &Producto,
    zona: &Zona,
    datos: &DatosPrecio,
) -> Result<(), Error> {
    if datos.precio.moneda != producto.precio.moneda {
        let motivo = format!("El producto se cobra en {}.", producto.precio.moneda);
        let campo = CampoInvalido::new("precio.moneda", "moneda_distinta", motivo);
        return Err(Error::Datos(vec![campo]));
    }
    let partes = storage::componentes(tx, &[producto.id]).await?;
    let mut tecnologias = vec![producto.tecnologia];
    tecnologias.extend(partes.iter().map(|p| p.tecnologia));
    if zona.admits(&tecnologias) { Ok(()) } else { Err(Error::TecnologiaIncompatible) }
}
