//! Legal numbers with their validity dates: rates, thresholds, terms (§11.2, §12.2, §20). Data,
//! never constants scattered in code; it does not know which service a detracción touches.

use ramal_base::Fecha;
use rust_decimal::Decimal;

use crate::catalogos::Tipo;

/// A legal number while it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vigencia {
    /// What the number rules: `igv.general`, `detraccion.umbral`, `plazo.01`…
    pub norma: &'static str,
    /// First day in force.
    pub desde: &'static str,
    /// Last day in force; `None` while nothing replaced it.
    pub hasta: Option<&'static str>,
    /// The number: percent, soles or days according to the norm.
    pub valor: Decimal,
    /// Where it comes from.
    pub fuente: &'static str,
}

const fn fila(norma: &'static str, desde: &'static str, valor: i64, escala: u32) -> Vigencia {
    let valor = Decimal::from_parts(valor as u32, 0, 0, false, escala);
    Vigencia { norma, desde, hasta: None, valor, fuente: "" }
}

const fn hasta(mut fila: Vigencia, hasta: &'static str) -> Vigencia {
    fila.hasta = Some(hasta);
    fila
}

const fn segun(mut fila: Vigencia, fuente: &'static str) -> Vigencia {
    fila.fuente = fuente;
    fila
}

/// Table of the package; a newer law is a new row.
pub const VIGENCIAS: [Vigencia; 18] = [
    segun(hasta(fila("igv.general", "2003-08-01", 19, 0), "2011-02-28"), "Ley 28033"),
    segun(fila("igv.general", "2011-03-01", 18, 0), "Ley 29666; desde 2026 15.5 + 2.5, Ley 32387"),
    segun(hasta(fila("igv.mype", "2022-09-01", 10, 0), "2025-12-31"), "Ley 31556"),
    segun(fila("igv.mype", "2026-01-01", 105, 1), "Ley 32387"),
    segun(fila("detraccion.umbral", "2018-04-01", 700, 0), "RS 071-2018"),
    segun(fila("boleta.identificar", "2014-01-01", 700, 0), "Reglamento de comprobantes"),
    segun(fila("detraccion.012", "2018-04-01", 12, 0), "RS 071-2018"),
    segun(fila("detraccion.019", "2018-04-01", 10, 0), "RS 071-2018"),
    segun(fila("detraccion.020", "2018-04-01", 12, 0), "RS 071-2018"),
    segun(fila("detraccion.022", "2018-04-01", 12, 0), "RS 071-2018"),
    segun(fila("detraccion.030", "2018-04-01", 4, 0), "RS 071-2018"),
    segun(fila("detraccion.037", "2018-04-01", 12, 0), "RS 071-2018"),
    segun(fila("retencion", "2014-03-01", 3, 0), "RS 033-2014"),
    segun(fila("plazo.01", "2023-01-01", 3, 0), "RS 000003-2023"),
    segun(fila("plazo.03", "2023-01-01", 5, 0), "RS 000003-2023"),
    segun(fila("plazo.RC", "2023-01-01", 7, 0), "RS 000003-2023"),
    segun(fila("plazo.RA", "2023-01-01", 7, 0), "RS 000003-2023"),
    segun(fila("adelanto", "2014-01-01", 2, 0), "regla 2329"),
];

/// Number in force on `fecha`; `None` if no row covers it.
pub fn valor(norma: &str, fecha: Fecha) -> Option<Decimal> {
    let dia = fecha.to_string();
    let rige = |v: &&Vigencia| {
        v.norma == norma && v.desde <= dia.as_str() && v.hasta.is_none_or(|h| dia.as_str() <= h)
    };
    VIGENCIAS.iter().find(rige).map(|v| v.valor)
}

/// General IGV rate in percent on the issue date. Shape: 18 for every day since 2011-03-01.
pub fn tasa_igv(fecha: Fecha) -> Option<Decimal> {
    valor("igv.general", fecha)
}

/// Days after the issue date in which the document may still be sent (§20).
///
/// Notes follow the document they touch: `serie_boleta` says whether their series begins with B.
pub fn plazo(tipo: Tipo, serie_boleta: bool, fecha: Fecha) -> Option<i32> {
    let norma = match tipo {
        Tipo::Resumen => "plazo.RC",
        Tipo::Baja => "plazo.RA",
        Tipo::Boleta => "plazo.03",
        _ if serie_boleta => "plazo.03",
        _ => "plazo.01",
    };
    valor(norma, fecha).and_then(|d| i32::try_from(d.trunc().mantissa()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_follow_the_issue_date() {
        let f = |t: &str| Fecha::parse(t).unwrap();
        assert_eq!(tasa_igv(f("2026-11-20")), Some(Decimal::from(18)));
        assert_eq!(tasa_igv(f("2010-06-01")), Some(Decimal::from(19)));
        assert_eq!(tasa_igv(f("1999-06-01")), None);
        assert_eq!(valor("igv.mype", f("2025-12-31")), Some(Decimal::from(10)));
        assert_eq!(valor("igv.mype", f("2026-01-01")), Some(Decimal::new(105, 1)));
        assert_eq!(plazo(Tipo::Factura, false, f("2026-11-20")), Some(3));
        assert_eq!(plazo(Tipo::NotaCredito, true, f("2026-11-20")), Some(5));
        assert_eq!(plazo(Tipo::Baja, false, f("2026-11-20")), Some(7));
    }
}
