//! Header sums of §10.3 over computed lines. It never rounds a line again.

use ramal_base::{Dinero, Moneda};
use rust_decimal::Decimal;

use super::ImportesError;
use super::linea::igv;
use crate::catalogos::Tributo;
use crate::modelo::{Anticipo, DescuentoGlobal, Linea, Subtotal, Totales, TributoAnticipo};

/// What touches the header beyond the lines.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ajustes<'a> {
    /// Advances regularised.
    pub anticipos: &'a [Anticipo],
    /// Global discount, code 02.
    pub descuento_global: Option<&'a DescuentoGlobal>,
    /// Rounding in centavos, −100 to 100.
    pub redondeo: i64,
}

/// Largest drift between the header IGV and base × rate, in centavos (§10.1).
const DESVIO_MAXIMO: i64 = 90;

const ORDEN: [Tributo; 5] =
    [Tributo::Igv, Tributo::Exportacion, Tributo::Gratuito, Tributo::Exonerado, Tributo::Inafecto];

/// Base and tax of one tribute in centavos, while they are summed.
#[derive(Clone, Copy, Default)]
struct Cuenta {
    presente: bool,
    base: i64,
    impuesto: i64,
}

/// Sums of a document without anticipos nor global discount.
///
/// Errors: as `totales_con`.
pub fn totales(lineas: &[Linea], moneda: Moneda) -> Result<Totales, ImportesError> {
    totales_con(lineas, moneda, Ajustes::default())
}

/// Sums of a document.
///
/// Errors: `SinLineas`, `Moneda`, `Tasas` (3462), `Desvio` (3291), `Excede`, `Desborde`. Source:
/// §10.3.
pub fn totales_con(
    lineas: &[Linea],
    moneda: Moneda,
    ajustes: Ajustes<'_>,
) -> Result<Totales, ImportesError> {
    if lineas.is_empty() {
        return Err(ImportesError::SinLineas);
    }
    let tasa = tasa_unica(lineas)?;
    let mut cuentas = sumar_lineas(lineas, moneda)?;
    aplicar_global(&mut cuentas[0], ajustes.descuento_global, tasa, moneda)?;
    let valor_venta = cuentas[0].base + cuentas[1].base + cuentas[3].base + cuentas[4].base;
    let precio_venta = valor_venta + cuentas[0].impuesto;
    let anticipos = aplicar_anticipos(&mut cuentas, ajustes.anticipos, moneda)?;
    verificar_desvio(cuentas[0], tasa, moneda)?;
    let d = |centavos| Dinero::new(centavos, moneda);
    let subtotales = ORDEN.iter().zip(cuentas).filter(|(_, c)| c.presente);
    let total = precio_venta - anticipos + ajustes.redondeo;
    if cuentas.iter().any(|c| c.base < 0) || total < 0 || ajustes.redondeo.abs() > 100 {
        return Err(ImportesError::Excede);
    }
    Ok(Totales {
        subtotales: subtotales
            .map(|(t, c)| Subtotal { tributo: *t, base: d(c.base), impuesto: d(c.impuesto) })
            .collect(),
        impuestos: d(cuentas[0].impuesto),
        valor_venta: d(valor_venta),
        precio_venta: d(precio_venta),
        anticipos: d(anticipos),
        redondeo: d(ajustes.redondeo),
        total: d(total),
    })
}

fn tasa_unica(lineas: &[Linea]) -> Result<Decimal, ImportesError> {
    let mut gravadas = lineas.iter().filter(|l| l.afectacion.lleva_igv()).map(|l| l.tasa);
    let primera = gravadas.next().unwrap_or(Decimal::ZERO);
    if gravadas.all(|t| t == primera) { Ok(primera) } else { Err(ImportesError::Tasas) }
}

fn sumar_lineas(lineas: &[Linea], moneda: Moneda) -> Result<[Cuenta; 5], ImportesError> {
    let mut cuentas = [Cuenta::default(); 5];
    for linea in lineas {
        if linea.valor_venta.moneda != moneda || linea.impuesto.moneda != moneda {
            return Err(ImportesError::Moneda);
        }
        let tributo = linea.afectacion.tributo();
        let i = ORDEN.iter().position(|t| *t == tributo).unwrap_or(0);
        let suma = |a: i64, b: i64| a.checked_add(b).filter(|v| v.abs() < LIMITE);
        cuentas[i] = Cuenta {
            presente: true,
            base: suma(cuentas[i].base, linea.valor_venta.centavos)
                .ok_or(ImportesError::Desborde)?,
            impuesto: suma(cuentas[i].impuesto, linea.impuesto.centavos)
                .ok_or(ImportesError::Desborde)?,
        };
    }
    Ok(cuentas)
}

/// `n(12,2)`: twelve digits before the point, in centavos.
const LIMITE: i64 = 100_000_000_000_000;

fn aplicar_global(
    gravado: &mut Cuenta,
    descuento: Option<&DescuentoGlobal>,
    tasa: Decimal,
    moneda: Moneda,
) -> Result<(), ImportesError> {
    let Some(descuento) = descuento else { return Ok(()) };
    if descuento.monto.moneda != moneda {
        return Err(ImportesError::Moneda);
    }
    gravado.base -= descuento.monto.centavos;
    gravado.impuesto = igv(Dinero::new(gravado.base, moneda), tasa)?.centavos;
    Ok(())
}

/// Lowers the bases and the IGV; gives the gross of all advances.
fn aplicar_anticipos(
    cuentas: &mut [Cuenta; 5],
    anticipos: &[Anticipo],
    moneda: Moneda,
) -> Result<i64, ImportesError> {
    let mut bruto = 0_i64;
    for anticipo in anticipos {
        if anticipo.neto.moneda != moneda || anticipo.bruto.moneda != moneda {
            return Err(ImportesError::Moneda);
        }
        let i = match anticipo.tributo {
            TributoAnticipo::Gravado => 0,
            TributoAnticipo::Exonerado => 3,
            TributoAnticipo::Inafecto => 4,
        };
        cuentas[i].base -= anticipo.neto.centavos;
        cuentas[i].impuesto -= anticipo.bruto.centavos - anticipo.neto.centavos;
        bruto = bruto.checked_add(anticipo.bruto.centavos).ok_or(ImportesError::Desborde)?;
    }
    if cuentas.iter().any(|c| c.base < 0 || c.impuesto < 0) {
        return Err(ImportesError::Excede);
    }
    Ok(bruto)
}

fn verificar_desvio(gravado: Cuenta, tasa: Decimal, moneda: Moneda) -> Result<(), ImportesError> {
    let esperado = igv(Dinero::new(gravado.base, moneda), tasa)?.centavos;
    if (gravado.impuesto - esperado).abs() > DESVIO_MAXIMO {
        return Err(ImportesError::Desvio);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogos::Afectacion;
    use crate::importes::{Venta, linea};

    fn lineas(n: usize, centavos: i64) -> Vec<Linea> {
        let venta = Venta::incluido(
            "x",
            Decimal::ONE,
            Dinero::new(centavos, Moneda::Pen),
            Afectacion::Gravado,
        );
        vec![linea(venta, Decimal::from(18)).unwrap(); n]
    }

    #[test]
    fn too_many_drifting_lines_ask_for_a_split() {
        // 0.52 gives 0.44 + 0.08 where base × rate is 0.0792; 0.03 gives 0.03 + 0.00 instead of
        // 0.0054.
        assert_eq!(totales(&lineas(160, 3), Moneda::Pen).unwrap().total.centavos, 480);
        assert_eq!(totales(&lineas(185, 3), Moneda::Pen), Err(ImportesError::Desvio));
        assert!(totales(&lineas(900, 10000), Moneda::Pen).is_err());
        assert_eq!(totales(&[], Moneda::Pen), Err(ImportesError::SinLineas));
    }

    #[test]
    fn two_rates_or_currencies_never_mix() {
        let mut dos = lineas(2, 10000);
        dos[1].tasa = Decimal::from(10);
        assert_eq!(totales(&dos, Moneda::Pen), Err(ImportesError::Tasas));
        assert_eq!(totales(&lineas(1, 10000), Moneda::Usd), Err(ImportesError::Moneda));
    }
}
