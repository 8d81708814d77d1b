//! The facts of a service's life, append-only.
//! They hold what happened, never what it costs in a period.

use ramal_base::{Fecha, Instante};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ancla::Ancla;

/// Minor units of the service's currency (centavos, céntimos); the service fixes the currency.
pub type Centavos = i64;

/// One fact of a service, with the day from which it counts.
///
/// Shape: `desde` may be before or after `registrado`; `secuencia` grows by one per service and
/// decides between facts of one day. Never updated nor deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventoServicio {
    /// Order of registration inside the service, from 1.
    pub secuencia: u32,
    /// First day on which the fact counts.
    pub desde: Fecha,
    /// When it was written down.
    pub registrado: Instante,
    /// What happened.
    pub hecho: Hecho,
}

/// What can happen to a service. Stored as its `tipo` (text) and its JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "tipo", rename_all = "snake_case")]
pub enum Hecho {
    /// The service begins; also lifts an earlier cancellation.
    Alta {
        /// Product of the catalogue.
        producto: Uuid,
        /// Price per full period of `ancla`.
        precio: Centavos,
        /// Billing anchor.
        ancla: Ancla,
    },
    /// Same product, another price per full period.
    CambioPrecio {
        /// New price per full period.
        precio: Centavos,
    },
    /// Another product at another price.
    CambioPlan {
        /// New product.
        producto: Uuid,
        /// New price per full period.
        precio: Centavos,
    },
    /// Cut for debt or by the company.
    Suspension,
    /// End of the suspension.
    Reactivacion,
    /// Pause that the cliente asked for; free while it lasts (facturacion.md S9).
    Pausa,
    /// End of the pause.
    FinPausa,
    /// Last fact: the day is the first one without service.
    Cancelacion,
    /// Another billing day or cadence (A5, U5).
    CambioAncla {
        /// The new anchor; the price is then per full period of it.
        ancla: Ancla,
    },
    /// A price reduction until a day.
    Descuento {
        /// Name that tells discounts apart; the same name replaces.
        etiqueta: String,
        /// How much.
        valor: ValorDescuento,
        /// First day without it; none = until `FinDescuento`.
        hasta: Option<Fecha>,
    },
    /// End of the discount with that name.
    FinDescuento {
        /// Name of the discount.
        etiqueta: String,
    },
    /// Fixed term; on `hasta` the service is `vencido` and no longer billed.
    Vigencia {
        /// First day outside the term; none = renews by itself.
        hasta: Option<Fecha>,
    },
    /// Takes back an earlier fact (a scheduled change replaced, a wrong entry).
    Anulacion {
        /// The fact taken back.
        secuencia: u32,
    },
}

impl Hecho {
    /// Stored discriminant, the same as the JSON tag.
    pub fn tipo(&self) -> &'static str {
        match self {
            Hecho::Alta { .. } => "alta",
            Hecho::CambioPrecio { .. } => "cambio_precio",
            Hecho::CambioPlan { .. } => "cambio_plan",
            Hecho::Suspension => "suspension",
            Hecho::Reactivacion => "reactivacion",
            Hecho::Pausa => "pausa",
            Hecho::FinPausa => "fin_pausa",
            Hecho::Cancelacion => "cancelacion",
            Hecho::CambioAncla { .. } => "cambio_ancla",
            Hecho::Descuento { .. } => "descuento",
            Hecho::FinDescuento { .. } => "fin_descuento",
            Hecho::Vigencia { .. } => "vigencia",
            Hecho::Anulacion { .. } => "anulacion",
        }
    }
}

/// First day whose price `evento` can change: its own, or that of the fact that it takes back.
pub fn desde_efectivo(eventos: &[EventoServicio], evento: &EventoServicio) -> Fecha {
    let Hecho::Anulacion { secuencia } = evento.hecho else { return evento.desde };
    let anulado = eventos.iter().find(|e| e.secuencia == secuencia);
    anulado.map_or(evento.desde, |e| e.desde.min(evento.desde))
}

/// Size of a discount on the price of a full period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValorDescuento {
    /// Hundredths of a percent: 1000 = 10 %.
    PuntosBase(u32),
    /// Amount per full period.
    Importe(Centavos),
}

impl ValorDescuento {
    /// Reduction of `precio`, rounded half away from zero; not capped.
    pub fn sobre(self, precio: Centavos) -> Centavos {
        match self {
            ValorDescuento::PuntosBase(puntos) => {
                let producto = i128::from(precio) * i128::from(puntos);
                ramal_base::dinero::rh_div(producto, 10_000)
            }
            ValorDescuento::Importe(importe) => importe,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_text_of_a_fact_is_read_back_and_carries_its_type() {
        let ancla = Ancla::new(Fecha::new(2026, 1, 31).unwrap(), 1).unwrap();
        let producto = Uuid::nil();
        let hechos = [
            Hecho::Alta { producto, precio: 39900, ancla },
            Hecho::CambioPrecio { precio: 1 },
            Hecho::CambioPlan { producto, precio: 2 },
            Hecho::Suspension,
            Hecho::Reactivacion,
            Hecho::Pausa,
            Hecho::FinPausa,
            Hecho::Cancelacion,
            Hecho::CambioAncla { ancla },
            Hecho::Descuento {
                etiqueta: "bienvenida".into(),
                valor: ValorDescuento::PuntosBase(1000),
                hasta: None,
            },
            Hecho::FinDescuento { etiqueta: "bienvenida".into() },
            Hecho::Vigencia { hasta: None },
            Hecho::Anulacion { secuencia: 1 },
        ];
        for hecho in hechos {
            let json = serde_json::to_value(&hecho).unwrap();
            assert_eq!(json["tipo"], hecho.tipo());
            assert_eq!(serde_json::from_value::<Hecho>(json).unwrap(), hecho);
        }
        assert_eq!(ValorDescuento::PuntosBase(1000).sobre(39995), 4000);
    }
}
