//! One line: from a price with or without taxes to ValorUnitario, Importe, Descuento and its taxes.
//! It knows nothing of the other lines.

use super::{ImporteError, Iva, Perfil, Tasa};
use crate::modelo::{Factor, Impuesto, ImpuestoLinea};
use crate::valor::{MICRO, Valor, dividir, escribir, redondear};

/// Price of one unit, in centavos, and how to read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precio {
    /// What the customer pays, taxes inside: the line is written with 6 decimals.
    ConImpuestos(i64),
    /// Price before taxes: the line is written with 2 decimals.
    SinImpuestos(i64),
}

impl Precio {
    /// The centavos, whichever way they are read.
    pub const fn centavos(self) -> i64 {
        match self {
            Precio::ConImpuestos(centavos) | Precio::SinImpuestos(centavos) => centavos,
        }
    }

    /// Decimals with which the line is written.
    pub const fn decimales(self) -> u8 {
        match self {
            Precio::ConImpuestos(_) => 6,
            Precio::SinImpuestos(_) => 2,
        }
    }
}

/// Amounts of a line, ready for a `Concepto`.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportesLinea {
    /// Price of one before taxes.
    pub valor_unitario: Valor,
    /// `cantidad × valor_unitario`.
    pub importe: Valor,
    /// Discount before taxes.
    pub descuento: Option<Valor>,
    /// `01` or `02`.
    pub objeto_imp: &'static str,
    /// Transferred taxes.
    pub traslados: Vec<ImpuestoLinea>,
    /// Withheld taxes.
    pub retenciones: Vec<ImpuestoLinea>,
}

/// Amounts of a line. `descuento` is in centavos for the whole line, read like the price (with or
/// without taxes).
///
/// Errors: `Negativo`, `CantidadCero`, `DescuentoExcesivo`, `Desborde`. Source: Anexo 20, guide of
/// amounts (round each figure half up at the precision of the line).
pub fn importes_linea(
    cantidad: Valor,
    precio: Precio,
    descuento: Option<i64>,
    perfil: Perfil,
) -> Result<ImportesLinea, ImporteError> {
    if precio.centavos() < 0 || descuento.is_some_and(|d| d < 0) || cantidad.en_micros() < 0 {
        return Err(ImporteError::Negativo);
    }
    let valor_unitario = antes_de_impuestos(precio, precio.centavos(), perfil);
    let descuento = descuento.map(|d| antes_de_impuestos(precio, d, perfil));
    calcular(cantidad, valor_unitario, descuento, perfil, precio.decimales())
}

/// Amounts from millionths before taxes; the nudge calls it again with another unit value.
pub(super) fn calcular(
    cantidad: Valor,
    valor_unitario: i128,
    descuento: Option<i128>,
    perfil: Perfil,
    decimales: u8,
) -> Result<ImportesLinea, ImporteError> {
    if cantidad.is_cero() {
        return Err(ImporteError::CantidadCero);
    }
    let producto = cantidad.en_micros().checked_mul(valor_unitario);
    let importe = redondear(dividir(producto.ok_or(ImporteError::Desborde)?, MICRO), decimales);
    let base = importe - descuento.unwrap_or(0);
    if base < 0 {
        return Err(ImporteError::DescuentoExcesivo);
    }
    // A zero base is invalid, so a free or fully discounted line carries no tax node.
    let gravada = base > 0 && perfil.has_impuestos();
    let (traslados, retenciones) = if gravada {
        (traslados(base, perfil, decimales)?, retenciones(base, perfil, decimales)?)
    } else {
        (Vec::new(), Vec::new())
    };
    Ok(ImportesLinea {
        valor_unitario: escribir(valor_unitario, decimales)?,
        importe: escribir(importe, decimales)?,
        descuento: descuento.map(|d| escribir(d, decimales)).transpose()?,
        objeto_imp: if gravada { "02" } else { "01" },
        traslados,
        retenciones,
    })
}

/// Centavos of the price list as millionths before taxes, rounded to the precision of the line.
fn antes_de_impuestos(precio: Precio, centavos: i64, perfil: Perfil) -> i128 {
    let micros = i128::from(centavos) * 10_000;
    match precio {
        Precio::SinImpuestos(_) => micros,
        Precio::ConImpuestos(_) => {
            let ieps = MICRO + perfil.ieps.map_or(0, |t| i128::from(t.0));
            let iva = MICRO + i128::from(perfil.tasa_iva().0);
            dividir(micros * MICRO * MICRO, ieps * iva)
        }
    }
}

/// IVA first, then IEPS, as the vectors of the norm write them; IVA is charged on base plus IEPS.
fn traslados(
    base: i128,
    perfil: Perfil,
    decimales: u8,
) -> Result<Vec<ImpuestoLinea>, ImporteError> {
    let mut lista = Vec::with_capacity(2);
    let ieps = perfil.ieps.map(|t| (t, cuota(base, t, decimales)));
    let base_iva = base + ieps.map_or(0, |(_, importe)| importe);
    match perfil.iva {
        Iva::Tasa(tasa) => lista.push(ImpuestoLinea {
            base: escribir(base_iva, decimales)?,
            impuesto: Impuesto::Iva,
            factor: tasa.factor(),
            importe: Some(escribir(cuota(base_iva, tasa, decimales), decimales)?),
        }),
        Iva::Exento => lista.push(ImpuestoLinea {
            base: escribir(base_iva, decimales)?,
            impuesto: Impuesto::Iva,
            factor: Factor::Exento,
            importe: None,
        }),
        Iva::NoObjeto => {}
    }
    if let Some((tasa, importe)) = ieps {
        lista.push(ImpuestoLinea {
            base: escribir(base, decimales)?,
            impuesto: Impuesto::Ieps,
            factor: tasa.factor(),
            importe: Some(escribir(importe, decimales)?),
        });
    }
    Ok(lista)
}

fn retenciones(
    base: i128,
    perfil: Perfil,
    decimales: u8,
) -> Result<Vec<ImpuestoLinea>, ImporteError> {
    let pares = [(Impuesto::Isr, perfil.isr_retenido), (Impuesto::Iva, perfil.iva_retenido)];
    pares
        .into_iter()
        .filter_map(|(impuesto, tasa)| tasa.map(|t| (impuesto, t)))
        .map(|(impuesto, tasa)| {
            Ok(ImpuestoLinea {
                base: escribir(base, decimales)?,
                impuesto,
                factor: tasa.factor(),
                importe: Some(escribir(cuota(base, tasa, decimales), decimales)?),
            })
        })
        .collect()
}

/// `base × tasa` rounded to the precision of the line.
fn cuota(base: i128, tasa: Tasa, decimales: u8) -> i128 {
    redondear(dividir(base * i128::from(tasa.0), MICRO), decimales)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linea(precio: Precio, perfil: Perfil) -> ImportesLinea {
        importes_linea(Valor::UNO, precio, None, perfil).unwrap()
    }

    #[test]
    fn ieps_enters_the_base_of_iva() {
        let perfil = Perfil::IVA_16.con_ieps(Tasa::IEPS_3);
        let tv = linea(Precio::ConImpuestos(19_900), perfil);
        assert_eq!(tv.valor_unitario.to_string(), "166.555072");
        let textos: Vec<_> = tv
            .traslados
            .iter()
            .map(|t| (t.base.to_string(), t.importe.unwrap().to_string()))
            .collect();
        let iva = ("171.551724".to_owned(), "27.448276".to_owned());
        assert_eq!(textos, [iva, ("166.555072".to_owned(), "4.996652".to_owned())]);
    }

    #[test]
    fn a_line_without_base_carries_no_tax_node() {
        let gratis =
            importes_linea(Valor::UNO, Precio::SinImpuestos(10_000), Some(10_000), Perfil::IVA_16);
        let gratis = gratis.unwrap();
        assert!(gratis.traslados.is_empty());
        assert_eq!(gratis.objeto_imp, "01");
        let caro = importes_linea(Valor::UNO, Precio::SinImpuestos(1), Some(2), Perfil::IVA_16);
        assert_eq!(caro, Err(ImporteError::DescuentoExcesivo));
    }

    #[test]
    fn exempt_and_zero_rate_are_different_treatments() {
        let exento = linea(Precio::ConImpuestos(10_000), Perfil::EXENTO);
        let cero = linea(Precio::ConImpuestos(10_000), Perfil::IVA_0);
        assert_eq!(exento.traslados[0].importe, None);
        assert_eq!(cero.traslados[0].importe.unwrap().to_string(), "0.000000");
        assert_eq!(linea(Precio::ConImpuestos(1), Perfil::NO_OBJETO).objeto_imp, "01");
    }

    #[test]
    fn impossible_lines_are_refused() {
        let precio = Precio::ConImpuestos(-1);
        let negativo = importes_linea(Valor::UNO, precio, None, Perfil::IVA_16);
        assert_eq!(negativo, Err(ImporteError::Negativo));
        let nada = importes_linea(Valor::CERO, Precio::ConImpuestos(1), None, Perfil::IVA_16);
        assert_eq!(nada, Err(ImporteError::CantidadCero));
        let infinito =
            importes_linea(Valor::UNO, Precio::SinImpuestos(i64::MAX), None, Perfil::IVA_16);
        assert_eq!(infinito, Err(ImporteError::Desborde));
    }
}
