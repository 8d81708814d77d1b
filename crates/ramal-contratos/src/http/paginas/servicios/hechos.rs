//! The facts of a service as a person reads them: a timeline with who, when and why, and the prices
//! that follow from them. It records nothing.

use std::collections::HashMap;

use ramal_base::{Dinero, Fecha, Moneda};
use ramal_web::pagina::{Familia, Hito, Marco};
use uuid::Uuid;

use super::palabras::{Nombres, period, who};
use crate::storage::Renglon;
use crate::{Hecho, Motivo, SIN_FIN, Tramo, ValorDescuento};

/// Names of the products that the facts mention.
pub type Productos = HashMap<Uuid, String>;

/// Days of a service at one price, as a row.
pub struct FilaTramo {
    /// First day.
    pub desde: String,
    /// Last day; empty if it has no end.
    pub hasta: String,
    /// What is charged per period.
    pub precio: String,
    /// Price before discounts, pauses and suspensions, if it is another.
    pub lista: String,
    /// Product.
    pub producto: String,
    /// Why it costs that; empty if nothing is special.
    pub motivo: String,
}

/// Facts as a timeline, newest first; what was taken back says so.
pub fn timeline(
    marco: &Marco,
    renglones: Vec<Renglon>,
    (productos, nombres): (&Productos, &Nombres),
    (moneda, hoy): (Moneda, Fecha),
) -> Vec<Hito> {
    let hechos: Vec<(Renglon, Option<Hecho>)> = renglones
        .into_iter()
        .map(|r| {
            let hecho = serde_json::from_str(&r.datos).ok();
            (r, hecho)
        })
        .collect();
    let anulado = |secuencia: i32| {
        let anula = u32::try_from(secuencia).map(|secuencia| Hecho::Anulacion { secuencia });
        anula.is_ok_and(|a| hechos.iter().any(|(_, h)| h.as_ref() == Some(&a)))
    };
    let hito = |(r, hecho): &(Renglon, Option<Hecho>)| {
        let titulo = marco.t(&format!("contratos-hecho-{}", r.clase.replace('_', "-")));
        let mut detalle =
            vec![marco.t1("contratos-hecho-desde", "fecha", marco.fecha_texto(&r.desde))];
        detalle.extend(hecho.as_ref().and_then(|h| what(marco, h, productos, moneda)));
        detalle.extend(r.motivo.clone());
        detalle.push(who(marco, &r.actor, nombres));
        if anulado(r.secuencia) {
            detalle.push(marco.t("contratos-hecho-anulado"));
        }
        let familia = match hecho {
            _ if anulado(r.secuencia) => Familia::Gris,
            _ if r.desde > hoy => Familia::Ramal,
            Some(Hecho::Suspension | Hecho::Pausa | Hecho::Cancelacion) => Familia::Aviso,
            Some(Hecho::Alta { .. } | Hecho::Reactivacion | Hecho::FinPausa) => Familia::Ok,
            _ => Familia::Gris,
        };
        Hito::new(r.registrado, titulo).detail(detalle.join(" · ")).family(familia)
    };
    hechos.iter().rev().map(hito).collect()
}

/// What a fact says besides its kind.
fn what(marco: &Marco, h: &Hecho, productos: &Productos, moneda: Moneda) -> Option<String> {
    let dinero = |centavos: i64| marco.dinero(&Dinero::new(centavos, moneda));
    let nombre = |id: &Uuid| productos.get(id).cloned().unwrap_or_default();
    Some(match h {
        Hecho::Alta { producto, precio, ancla } => {
            format!("{}, {} {}", nombre(producto), dinero(*precio), period(marco, ancla.meses()))
        }
        Hecho::CambioPrecio { precio } => dinero(*precio),
        Hecho::CambioPlan { producto, precio } => {
            format!("{}, {}", nombre(producto), dinero(*precio))
        }
        Hecho::CambioAncla { ancla } => marco.t1("contratos-hecho-dia", "dia", ancla.dia()),
        Hecho::Descuento { etiqueta, valor, hasta } => {
            let valor = match valor {
                ValorDescuento::PuntosBase(puntos) => {
                    marco.formato().porcentaje(i64::from(*puntos) / 10)
                }
                ValorDescuento::Importe(centavos) => dinero(*centavos),
            };
            let hasta =
                hasta.map(|h| marco.t1("contratos-hecho-hasta", "fecha", marco.fecha_texto(&h)));
            [Some(format!("{etiqueta} −{valor}")), hasta]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · ")
        }
        Hecho::FinDescuento { etiqueta } => etiqueta.clone(),
        Hecho::Vigencia { hasta: Some(fin) } => {
            marco.t1("contratos-hecho-hasta", "fecha", marco.fecha_texto(fin))
        }
        Hecho::Vigencia { hasta: None } => marco.t("contratos-hecho-se-renueva"),
        _ => return None,
    })
}

/// Segments as rows, newest first.
pub fn rows(
    marco: &Marco,
    tramos: &[Tramo],
    productos: &Productos,
    moneda: Moneda,
) -> Vec<FilaTramo> {
    let dinero = |centavos: i64| marco.dinero(&Dinero::new(centavos, moneda));
    let fila = |t: &Tramo| FilaTramo {
        desde: marco.fecha(&t.periodo.desde),
        hasta: match t.periodo.hasta {
            SIN_FIN => String::new(),
            hasta => marco.fecha(&hasta.plus_dias(-1)),
        },
        precio: dinero(t.precio),
        lista: if t.precio == t.precio_lista { String::new() } else { dinero(t.precio_lista) },
        producto: productos.get(&t.producto).cloned().unwrap_or_default(),
        motivo: match t.motivo {
            Motivo::Normal if t.precio < t.precio_lista => marco.t("contratos-tramo-descuento"),
            Motivo::Normal => String::new(),
            Motivo::Suspendido => marco.t("contratos-tramo-suspendido"),
            Motivo::Pausado => marco.t("contratos-tramo-pausado"),
        },
    };
    tramos.iter().rev().map(fila).collect()
}
