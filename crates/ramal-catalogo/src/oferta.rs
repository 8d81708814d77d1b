//! What can be sold where, at what price: the rules of `precio` and `zona` over what is stored.

use ramal_base::{Dinero, Fecha};
use ramal_db::Consulta;

use crate::storage::{self, Componente};
use crate::{Error, Producto, ProductoId, Promocion, Tecnologia, Zona, ZonaId, precio};

/// A product with what it costs on a day.
#[derive(Clone, Debug)]
pub struct Oferta {
    /// The product.
    pub producto: Producto,
    /// Its parts, if it is a combo.
    pub componentes: Vec<Componente>,
    /// Whether it can be contracted: active, and the asked zone open and with its technologies.
    pub vendible: bool,
    /// Zone whose price it is; none if the product's own.
    pub zona_id: Option<ZonaId>,
    /// Price before promotions.
    pub lista: Dinero,
    /// Promotion that applies.
    pub promocion: Option<Promocion>,
    /// What the promotion takes off.
    pub descuento: Dinero,
    /// What is paid.
    pub a_pagar: Dinero,
}

/// What products cost on a day, in a zone or outside any, in their order.
///
/// Errors: `Storage`. Reads the same few rows whatever the number of products.
pub async fn ofertas(
    c: &impl Consulta,
    productos: Vec<Producto>,
    zona: Option<&Zona>,
    fecha: Fecha,
) -> Result<Vec<Oferta>, Error> {
    let ids: Vec<ProductoId> = productos.iter().map(|p| p.id).collect();
    let partes = storage::componentes(c, &ids).await?;
    let promociones = storage::promociones_en(c, fecha).await?;
    let precios = match zona {
        Some(zona) => storage::precios_en(c, zona.id, fecha).await?,
        None => Vec::new(),
    };
    let zona_id = zona.map(|z| z.id);
    let oferta = |producto: Producto| {
        let suyas = partes.iter().filter(|p| p.combo_id == producto.id);
        let componentes: Vec<Componente> = suyas.cloned().collect();
        let vigente = precio::vigente(&producto, zona_id, &precios, &promociones, fecha);
        Oferta {
            vendible: is_vendible(&producto, &componentes, zona),
            zona_id: vigente.zona_id,
            lista: vigente.lista,
            promocion: vigente.promocion.cloned(),
            descuento: vigente.descuento,
            a_pagar: vigente.a_pagar,
            componentes,
            producto,
        }
    };
    Ok(productos.into_iter().map(oferta).collect())
}

/// What one product costs on a day, in a zone or outside any. Errors: `Storage`.
pub async fn oferta(
    c: &impl Consulta,
    producto: Producto,
    zona: Option<&Zona>,
    fecha: Fecha,
) -> Result<Oferta, Error> {
    let mut una = ofertas(c, vec![producto], zona, fecha).await?;
    una.pop().ok_or(Error::ProductoNotFound)
}

fn is_vendible(producto: &Producto, partes: &[Componente], zona: Option<&Zona>) -> bool {
    let mut tecnologias = vec![producto.tecnologia];
    tecnologias.extend(partes.iter().map(|p| p.tecnologia));
    producto.activo && zona.is_none_or(|z| z.activa && z.admits(&tecnologias))
}

/// Zones that cover an address with a technology (none = any), by code. Errors: `Storage`.
pub async fn cobertura(
    c: &impl Consulta,
    codigo_postal: &str,
    tecnologia: Option<Tecnologia>,
) -> Result<Vec<Zona>, Error> {
    let zonas = storage::zonas_activas(c).await?;
    Ok(zonas.into_iter().filter(|z| z.covers(codigo_postal, tecnologia)).collect())
}
