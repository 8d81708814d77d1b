//! What a product costs on a day in a zone. Pure: everything that it needs is given.

use ramal_base::{Dinero, Fecha, Id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dinero_view::DineroView;
use crate::{Producto, ProductoId, Promocion, ZonaId};

/// Marker of zone price ids.
pub struct PrecioMarca;

/// Identifier of a price of a zone.
pub type PrecioId = Id<PrecioMarca>;

/// Price of a product in a zone from a day on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PrecioZona {
    /// Identifier.
    pub id: PrecioId,
    /// Product.
    pub producto_id: ProductoId,
    /// Zone.
    pub zona_id: ZonaId,
    /// Price of the product's first period, in its currency and with its way of including taxes.
    pub precio: Dinero,
    /// First day.
    pub desde: Fecha,
    /// First day on which it no longer holds; none = until another one begins.
    pub hasta: Option<Fecha>,
}

impl PrecioZona {
    /// Whether it holds on a day: `desde` inside, `hasta` outside.
    pub fn is_vigente(&self, fecha: Fecha) -> bool {
        self.desde <= fecha && self.hasta.is_none_or(|hasta| fecha < hasta)
    }
}

/// Body of `POST /catalogo/precios`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosPrecio {
    /// Producto.
    pub producto_id: Uuid,
    /// Zona.
    pub zona_id: Uuid,
    /// Precio del primer período del producto, en su misma moneda.
    #[schema(value_type = DineroView)]
    pub precio: Dinero,
    /// Primer día en que rige.
    #[schema(value_type = String, format = Date, example = "2026-12-01")]
    pub desde: Fecha,
    /// Primer día en que ya no rige; sin él, hasta que empiece otro.
    #[schema(value_type = Option<String>, format = Date)]
    pub hasta: Option<Fecha>,
}

/// What is paid for a product on a day, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct PrecioVigente<'a> {
    /// Price before promotions: the zone's if it has one, else the product's.
    pub lista: Dinero,
    /// Zone whose price it is; none if the product's own.
    pub zona_id: Option<ZonaId>,
    /// Promotion that takes off most; they do not add up.
    pub promocion: Option<&'a Promocion>,
    /// What the promotion takes off.
    pub descuento: Dinero,
    /// What is paid.
    pub a_pagar: Dinero,
}

/// Price of a product on a day, in a zone or outside any.
///
/// Of several prices in force the one that began last wins; of several promotions, the one that
/// takes off most, and of equals the first by code. `precios` and `promociones` may hold others'.
pub fn vigente<'a>(
    producto: &Producto,
    zona: Option<ZonaId>,
    precios: &[PrecioZona],
    promociones: &'a [Promocion],
    fecha: Fecha,
) -> PrecioVigente<'a> {
    let propio = precios
        .iter()
        .filter(|p| Some(p.zona_id) == zona && p.producto_id == producto.id)
        .filter(|p| p.is_vigente(fecha))
        .max_by_key(|p| p.desde);
    let lista = propio.map_or(producto.precio, |p| p.precio);
    let promocion = promociones
        .iter()
        .filter(|p| p.is_vigente(fecha) && p.applies_to(producto))
        .filter(|p| p.descuento(lista).centavos > 0)
        .max_by(|a, b| {
            let por_descuento = a.descuento(lista).centavos.cmp(&b.descuento(lista).centavos);
            por_descuento.then_with(|| b.codigo.cmp(&a.codigo))
        });
    let descuento = promocion.map_or(Dinero::cero(lista.moneda), |p| p.descuento(lista));
    PrecioVigente {
        lista,
        zona_id: propio.map(|p| p.zona_id),
        promocion,
        descuento,
        a_pagar: Dinero::new(lista.centavos - descuento.centavos, lista.moneda),
    }
}

#[cfg(test)]
#[path = "precio_tests.rs"]
mod tests;
