//! Sums of the header: SubTotal, Descuento, groups of taxes and Total, from the lines as written.
//! It adds line taxes, never base × rate, because that is what the PAC checks.

use super::ImporteError;
use crate::modelo::{Concepto, Factor, Impuesto, ImpuestoLinea, Impuestos, RetencionTotal};
use crate::valor::{Valor, escribir, redondear};

/// Sums of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Totales {
    /// Σ Importe, two decimals.
    pub sub_total: Valor,
    /// Σ Descuento; present when any line has one.
    pub descuento: Option<Valor>,
    /// Groups of taxes; `None` when no line has taxes.
    pub impuestos: Option<Impuestos>,
    /// SubTotal − Descuento + traslados − retenciones.
    pub total: Valor,
}

/// Group of taxes being summed, in millionths.
struct Grupo {
    impuesto: Impuesto,
    factor: Factor,
    base: i128,
    importe: i128,
}

/// Sums of `conceptos` in the order of first appearance of each group.
///
/// Errors: `SinLineas`, `Desborde`, `DescuentoExcesivo` if the result would be negative.
pub fn totales(conceptos: &[Concepto]) -> Result<Totales, ImporteError> {
    if conceptos.is_empty() {
        return Err(ImporteError::SinLineas);
    }
    let sub_total = redondear(conceptos.iter().map(|c| c.importe.en_micros()).sum(), 2);
    let con_descuento = conceptos.iter().any(|c| c.descuento.is_some());
    let descuentos = conceptos.iter().filter_map(|c| c.descuento).map(Valor::en_micros).sum();
    let descuento = redondear(descuentos, 2);
    let traslados = agrupar(conceptos.iter().flat_map(|c| &c.traslados), Clave::ConTasa);
    let retenciones = agrupar(conceptos.iter().flat_map(|c| &c.retenciones), Clave::SinTasa);
    let trasladado: i128 = traslados.iter().map(|g| redondear(g.importe, 2)).sum();
    let retenido: i128 = retenciones.iter().map(|g| redondear(g.importe, 2)).sum();
    let total = sub_total - descuento + trasladado - retenido;
    if total < 0 {
        return Err(ImporteError::DescuentoExcesivo);
    }
    Ok(Totales {
        sub_total: escribir(sub_total, 2)?,
        descuento: con_descuento.then(|| escribir(descuento, 2)).transpose()?,
        impuestos: impuestos(&traslados, &retenciones, trasladado, retenido)?,
        total: escribir(total, 2)?,
    })
}

/// What makes two taxes one group: the rate counts for traslados, not for retenciones.
#[derive(Clone, Copy, PartialEq)]
enum Clave {
    ConTasa,
    SinTasa,
}

fn agrupar<'a>(impuestos: impl Iterator<Item = &'a ImpuestoLinea>, clave: Clave) -> Vec<Grupo> {
    let mut grupos: Vec<Grupo> = Vec::with_capacity(2);
    for linea in impuestos {
        let importe = linea.importe.map_or(0, Valor::en_micros);
        let mismo = |g: &&mut Grupo| {
            g.impuesto == linea.impuesto && (clave == Clave::SinTasa || g.factor == linea.factor)
        };
        match grupos.iter_mut().find(mismo) {
            Some(grupo) => {
                grupo.base += linea.base.en_micros();
                grupo.importe += importe;
            }
            None => grupos.push(Grupo {
                impuesto: linea.impuesto,
                factor: linea.factor,
                base: linea.base.en_micros(),
                importe,
            }),
        }
    }
    grupos
}

fn impuestos(
    traslados: &[Grupo],
    retenciones: &[Grupo],
    trasladado: i128,
    retenido: i128,
) -> Result<Option<Impuestos>, ImporteError> {
    if traslados.is_empty() && retenciones.is_empty() {
        return Ok(None);
    }
    let gravado = traslados.iter().any(|g| g.factor != Factor::Exento);
    let total_retenidos = (!retenciones.is_empty()).then(|| escribir(retenido, 2)).transpose()?;
    let total_trasladados = gravado.then(|| escribir(trasladado, 2)).transpose()?;
    Ok(Some(Impuestos {
        total_retenidos,
        total_trasladados,
        retenciones: retenciones.iter().map(retencion).collect::<Result<_, _>>()?,
        traslados: traslados.iter().map(traslado).collect::<Result<_, _>>()?,
    }))
}

fn retencion(grupo: &Grupo) -> Result<RetencionTotal, ImporteError> {
    Ok(RetencionTotal { impuesto: grupo.impuesto, importe: escribir(grupo.importe, 2)? })
}

fn traslado(grupo: &Grupo) -> Result<ImpuestoLinea, ImporteError> {
    let gravado = grupo.factor != Factor::Exento;
    Ok(ImpuestoLinea {
        base: escribir(grupo.base, 2)?,
        impuesto: grupo.impuesto,
        factor: grupo.factor,
        importe: gravado.then(|| escribir(grupo.importe, 2)).transpose()?,
    })
}
