//! Amounts of detracción, retención, anticipos and the net pending of a credit factura (§11).
//! Whether a sale is subject to them is the caller's catalogue.

use ramal_base::dinero::rh;
use ramal_base::{Dinero, Moneda};
use rust_decimal::Decimal;

use super::ImportesError;
use super::linea::sin_igv;
use crate::modelo::{Anticipo, Detraccion, Retencion, TributoAnticipo};

/// How a detracción deposit is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deposito {
    /// Whole soles, the practice of the bank.
    #[default]
    SolesEnteros,
    /// Two decimals.
    DosDecimales,
}

/// Detracción of `tasa` percent on a total in PEN, deposited in `cuenta`.
///
/// A total in another currency is converted by the caller at the exchange rate of the issue date.
/// Errors: `Moneda` if the total is not PEN, `Desborde`.
pub fn detraccion(
    codigo: &str,
    tasa: Decimal,
    total: Dinero,
    cuenta: &str,
    deposito: Deposito,
) -> Result<Detraccion, ImportesError> {
    if total.moneda != Moneda::Pen {
        return Err(ImportesError::Moneda);
    }
    let exacto = total.decimal().checked_mul(tasa).ok_or(ImportesError::Desborde)?;
    let decimales = if deposito == Deposito::SolesEnteros { 0 } else { 2 };
    let monto = Dinero::from_decimal(rh(exacto / Decimal::ONE_HUNDRED, decimales), Moneda::Pen)?;
    Ok(Detraccion {
        codigo: codigo.to_owned(),
        tasa,
        monto,
        cuenta: cuenta.to_owned(),
        medio: "001".to_owned(),
    })
}

/// Retención at `factor` (0.03) on the total.
pub fn retencion(factor: Decimal, base: Dinero) -> Result<Retencion, ImportesError> {
    let exacto = base.decimal().checked_mul(factor).ok_or(ImportesError::Desborde)?;
    Ok(Retencion { factor, base, monto: Dinero::from_decimal(exacto, base.moneda)? })
}

/// Net pending of a credit factura: total − detracción − retención, all in the document's currency.
///
/// Errors: `Moneda`, `Excede` when nothing is left.
pub fn pendiente(
    total: Dinero,
    detraccion: Option<Dinero>,
    retencion: Option<Dinero>,
) -> Result<Dinero, ImportesError> {
    let menos = |d: Option<Dinero>| {
        d.map_or(Dinero::cero(total.moneda), |d| Dinero::new(-d.centavos, d.moneda))
    };
    let neto = total.plus(menos(detraccion))?.plus(menos(retencion))?;
    if neto.centavos <= 0 { Err(ImportesError::Excede) } else { Ok(neto) }
}

/// Advance of `bruto` (IGV inside if `tributo` is gravado) documented by `documento` of the same
/// issuer.
pub fn anticipo(
    (tipo_documento, documento): (&str, &str),
    ruc: &str,
    tributo: TributoAnticipo,
    bruto: Dinero,
    tasa: Decimal,
) -> Result<Anticipo, ImportesError> {
    let efectiva = if tributo == TributoAnticipo::Gravado { tasa } else { Decimal::ZERO };
    Ok(Anticipo {
        documento: documento.to_owned(),
        tipo_documento: tipo_documento.to_owned(),
        ruc: ruc.to_owned(),
        tributo,
        neto: sin_igv(bruto, efectiva)?,
        bruto,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detraccion_is_deposited_in_whole_soles_and_lowers_what_is_owed() {
        let total = Dinero::new(118_000, Moneda::Pen);
        let d = detraccion("022", Decimal::from(12), total, "00-045-091619", Deposito::default());
        let d = d.unwrap();
        assert_eq!(d.monto.centavos, 14_200);
        assert_eq!(pendiente(total, Some(d.monto), None).unwrap().centavos, 103_800);
        let fino = detraccion("022", Decimal::from(12), total, "1", Deposito::DosDecimales);
        assert_eq!(fino.unwrap().monto.centavos, 14_160);
        assert_eq!(pendiente(total, Some(total), None), Err(ImportesError::Excede));
        let dolares = Dinero::new(118_000, Moneda::Usd);
        assert!(detraccion("022", Decimal::from(12), dolares, "1", Deposito::default()).is_err());
        let r = retencion(Decimal::new(3, 2), total).unwrap();
        assert_eq!(r.monto.centavos, 3_540);
    }
}
