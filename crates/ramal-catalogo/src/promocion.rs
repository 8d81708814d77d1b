//! Dated price rules. A promotion lowers a price; it never raises one and never goes below zero.

use ramal_base::dinero::{parse_centavos, rh_div};
use ramal_base::{CampoInvalido, Dinero, Fecha, Id, Instante};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dinero_view::DineroView;
use crate::parche::presente;
use crate::{Producto, ProductoId, reglas};

/// Marker of promotion ids.
pub struct PromocionMarca;

/// Identifier of a promotion.
pub type PromocionId = Id<PromocionMarca>;

/// How much a promotion takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "clase", content = "valor")]
pub enum Descuento {
    /// Basis points of the price (1500 = 15 %), 1 to 10000.
    Porcentaje(i64),
    /// Fixed amount, more than zero, of one currency.
    Importe(Dinero),
}

/// A dated price rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Promocion {
    /// Identifier.
    pub id: PromocionId,
    /// Short code, unique.
    pub codigo: String,
    /// Name for people.
    pub nombre: String,
    /// Product that it is for; none = every product.
    pub producto_id: Option<ProductoId>,
    /// What it takes off.
    pub descuento: Descuento,
    /// Periods during which who contracts keeps it; none = always.
    pub periodos: Option<i32>,
    /// First day on which it can be taken.
    pub desde: Fecha,
    /// First day on which it can no longer be taken; none = no end.
    pub hasta: Option<Fecha>,
    /// Whether it can be taken at all.
    pub activa: bool,
    /// Grows by one with every change; the ETag.
    pub version: i64,
    /// When it was made.
    pub creado: Instante,
    /// When it last changed.
    pub actualizado: Instante,
}

impl Promocion {
    /// Whether it can be taken on a day: active, `desde` inside, `hasta` outside.
    pub fn is_vigente(&self, fecha: Fecha) -> bool {
        self.activa && self.desde <= fecha && self.hasta.is_none_or(|hasta| fecha < hasta)
    }

    /// Whether it is for a product.
    pub fn applies_to(&self, producto: &Producto) -> bool {
        let misma_moneda = match self.descuento {
            Descuento::Porcentaje(_) => true,
            Descuento::Importe(importe) => importe.moneda == producto.precio.moneda,
        };
        misma_moneda && self.producto_id.is_none_or(|id| id == producto.id)
    }

    /// What it takes off a price: from zero to the whole price; a percentage rounds half up (R2).
    ///
    /// A fixed amount of another currency takes off nothing.
    pub fn descuento(&self, precio: Dinero) -> Dinero {
        let centavos = match self.descuento {
            Descuento::Porcentaje(puntos) => {
                rh_div(i128::from(precio.centavos) * i128::from(puntos), 10_000)
            }
            Descuento::Importe(importe) if importe.moneda == precio.moneda => importe.centavos,
            Descuento::Importe(_) => 0,
        };
        Dinero::new(centavos.clamp(0, precio.centavos.max(0)), precio.moneda)
    }
}

/// Body of `POST /catalogo/promociones`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatosPromocion {
    /// Código corto; si falta, sale del nombre.
    #[schema(example = "verano-2026", max_length = 60)]
    pub codigo: Option<String>,
    /// Nombre.
    #[schema(example = "Verano 2026", min_length = 1, max_length = 120)]
    pub nombre: String,
    /// Producto al que se aplica; sin él, a todos.
    pub producto_id: Option<Uuid>,
    /// Porcentaje que descuenta, con hasta dos decimales. Va este o `importe`.
    #[schema(example = "15.00")]
    pub porcentaje: Option<String>,
    /// Importe fijo que descuenta. Va este o `porcentaje`.
    #[schema(value_type = Option<DineroView>)]
    pub importe: Option<Dinero>,
    /// Períodos durante los que se conserva; sin él, siempre.
    #[schema(minimum = 1, maximum = 120)]
    pub periodos: Option<i32>,
    /// Primer día en que se puede tomar.
    #[schema(value_type = String, format = Date, example = "2026-12-01")]
    pub desde: Fecha,
    /// Primer día en que ya no se puede tomar; sin él, no termina.
    #[schema(value_type = Option<String>, format = Date, example = "2027-03-01")]
    pub hasta: Option<Fecha>,
}

/// Body of `PATCH /catalogo/promociones/{id}`. What it takes off never changes: make another one.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CambioPromocion {
    /// Nombre.
    pub nombre: Option<String>,
    /// Primer día en que ya no se puede tomar; nulo, no termina.
    #[serde(default, deserialize_with = "presente")]
    #[schema(value_type = Option<String>, format = Date)]
    pub hasta: Option<Option<Fecha>>,
    /// Si se puede tomar.
    pub activa: Option<bool>,
}

/// The form as it is stored.
pub(crate) struct PromocionValida {
    pub codigo: String,
    pub nombre: String,
    pub descuento: Descuento,
}

/// Checks the form but for the product's existence.
pub(crate) fn check(datos: &DatosPromocion) -> Result<PromocionValida, Vec<CampoInvalido>> {
    let mut errores = Vec::new();
    let nombre = reglas::check_nombre(&datos.nombre, &mut errores);
    let codigo = datos.codigo.clone().unwrap_or_else(|| reglas::slug(&nombre));
    let codigo = reglas::check_codigo(&codigo, &mut errores);
    let descuento = check_descuento(datos, &mut errores);
    if datos.periodos.is_some_and(|n| !(1..=120).contains(&n)) {
        let motivo = "Indique de 1 a 120 períodos, o ninguno si se conserva siempre.";
        errores.push(CampoInvalido::new("periodos", "fuera_de_rango", motivo));
    }
    reglas::check_vigencia(datos.desde, datos.hasta, &mut errores);
    match descuento {
        Some(descuento) if errores.is_empty() => Ok(PromocionValida { codigo, nombre, descuento }),
        _ => Err(errores),
    }
}

fn check_descuento(datos: &DatosPromocion, errores: &mut Vec<CampoInvalido>) -> Option<Descuento> {
    let mut refuse = |campo: &str, motivo: &str| {
        errores.push(CampoInvalido::new(campo, "descuento_invalido", motivo));
        None
    };
    match (&datos.porcentaje, datos.importe) {
        (Some(texto), None) => match parse_centavos(texto) {
            Ok(puntos) if (1..=10_000).contains(&puntos) => Some(Descuento::Porcentaje(puntos)),
            _ => refuse("porcentaje", "El porcentaje va de 0.01 a 100.00, por ejemplo 15.00."),
        },
        (None, Some(importe)) if (1..=reglas::PRECIO_MAXIMO).contains(&importe.centavos) => {
            Some(Descuento::Importe(importe))
        }
        (None, Some(_)) => refuse("importe", "El importe debe ser mayor que cero."),
        _ => refuse("porcentaje", "Envíe porcentaje o importe, uno de los dos."),
    }
}
