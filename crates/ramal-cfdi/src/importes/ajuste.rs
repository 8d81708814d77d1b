//! The nudge that makes a bundle with IEPS and IVA land on the price the customer was told. It
//! never moves a document that already agrees, and gives up rather than move a price visibly.

use super::linea::{ImportesLinea, calcular};
use super::{ImporteError, Perfil, Totales, totales};
use crate::modelo::Concepto;
use crate::valor::Valor;

/// One step of the search: 0.0005 of the unit price, in millionths.
const PASO: i128 = 500;
/// Steps to each side: 0.005 at most.
const PASOS: i128 = 10;
/// The nudge is for rounding; a difference above this many centavos is an error of the caller.
const DIFERENCIA_MAX: i128 = 3;

/// Sums of `conceptos`, having moved the unit value of the largest line if that makes Total equal
/// `objetivo` centavos.
///
/// `perfiles` goes in parallel with `conceptos`. If no step reproduces the target, the lines stay
/// as they were and the computed Total is the amount due. Errors: those of [`totales`].
pub fn ajustar(
    conceptos: &mut [Concepto],
    perfiles: &[Perfil],
    objetivo: i64,
) -> Result<Totales, ImporteError> {
    let primero = totales(conceptos)?;
    let diferencia = primero.total.en_centavos() - i128::from(objetivo);
    if diferencia == 0 || diferencia.abs() > DIFERENCIA_MAX {
        return Ok(primero);
    }
    let Some(mayor) = (0..conceptos.len()).max_by_key(|i| conceptos[*i].importe.en_micros()) else {
        return Ok(primero);
    };
    let Some(perfil) = perfiles.get(mayor).copied() else { return Ok(primero) };
    let original = conceptos[mayor].clone();
    for desplazamiento in desplazamientos(diferencia) {
        let Some(importes) = mover(&original, perfil, desplazamiento)? else { continue };
        put_importes(&mut conceptos[mayor], importes);
        let sumas = totales(conceptos)?;
        if sumas.total.en_centavos() == i128::from(objetivo) {
            return Ok(sumas);
        }
    }
    conceptos[mayor] = original;
    Ok(primero)
}

/// Steps ordered by size; of the two of one size, first the one that goes towards the target.
fn desplazamientos(diferencia: i128) -> impl Iterator<Item = i128> {
    let hacia = -diferencia.signum();
    (1..=PASOS).flat_map(move |k| [hacia * k * PASO, -hacia * k * PASO])
}

fn mover(
    original: &Concepto,
    perfil: Perfil,
    desplazamiento: i128,
) -> Result<Option<ImportesLinea>, ImporteError> {
    let unitario = original.valor_unitario.en_micros() + desplazamiento;
    // A line of two decimals cannot move by less than a cent, and then the price would change
    // visibly.
    if unitario <= 0 || original.valor_unitario.decimales() < 6 {
        return Ok(None);
    }
    let descuento = original.descuento.map(Valor::en_micros);
    calcular(original.cantidad, unitario, descuento, perfil, 6).map(Some)
}

fn put_importes(concepto: &mut Concepto, importes: ImportesLinea) {
    concepto.valor_unitario = importes.valor_unitario;
    concepto.importe = importes.importe;
    concepto.traslados = importes.traslados;
    concepto.retenciones = importes.retenciones;
}
