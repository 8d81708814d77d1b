//! Money as integer minor units and the roundings that billing allows. No float, no formatting per
//! locale.

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// ISO 4217 currency that Ramal bills in; every one has two decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Moneda {
    /// Peso mexicano.
    Mxn,
    /// Sol peruano.
    Pen,
    /// Dólar de los Estados Unidos.
    Usd,
}

impl Moneda {
    /// ISO 4217 code, three upper-case letters.
    pub fn codigo(self) -> &'static str {
        match self {
            Moneda::Mxn => "MXN",
            Moneda::Pen => "PEN",
            Moneda::Usd => "USD",
        }
    }

    /// Reads an ISO code, upper case; none if Ramal does not bill in it.
    pub fn parse(codigo: &str) -> Option<Moneda> {
        codigo.parse().ok()
    }
}

impl fmt::Display for Moneda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.codigo())
    }
}

/// Why a text or an operation is not money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DineroError {
    /// The currency code is not one that Ramal bills in.
    #[error("moneda desconocida; se admite MXN, PEN o USD")]
    MonedaDesconocida,
    /// Two amounts of different currencies met.
    #[error("no se pueden mezclar {0} y {1}")]
    MonedasDistintas(Moneda, Moneda),
    /// The text is not a decimal amount with at most two decimals.
    #[error("el importe debe ser un número con hasta dos decimales, por ejemplo 399.00")]
    Formato,
    /// The amount does not fit the range of minor units.
    #[error("el importe es demasiado grande")]
    Desborde,
}

impl FromStr for Moneda {
    type Err = DineroError;

    fn from_str(texto: &str) -> Result<Self, DineroError> {
        match texto {
            "MXN" => Ok(Moneda::Mxn),
            "PEN" => Ok(Moneda::Pen),
            "USD" => Ok(Moneda::Usd),
            _ => Err(DineroError::MonedaDesconocida),
        }
    }
}

/// Named ways to round a half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redondeo {
    /// Half away from zero (facturacion.md R2).
    MitadArriba,
}

/// Amount of money: integer minor units (centavos, céntimos) plus currency.
///
/// Unit: 1/100 of the currency. Shape: any sign. Wire: decimal string plus ISO currency, never a
/// JSON number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dinero {
    /// Minor units.
    pub centavos: i64,
    /// Currency.
    pub moneda: Moneda,
}

impl Dinero {
    /// Amount of `centavos` minor units.
    pub const fn new(centavos: i64, moneda: Moneda) -> Self {
        Dinero { centavos, moneda }
    }

    /// Nothing, in `moneda`.
    pub const fn cero(moneda: Moneda) -> Self {
        Dinero { centavos: 0, moneda }
    }

    /// Reads a plain decimal such as `399`, `399.5` or `-12.30`.
    ///
    /// Errors: `Formato` on anything else (thousands separators, exponents, more than two
    /// decimals), `Desborde`.
    pub fn parse(texto: &str, moneda: Moneda) -> Result<Self, DineroError> {
        parse_centavos(texto).map(|centavos| Dinero { centavos, moneda })
    }

    /// Sum of two amounts of one currency. Errors: `MonedasDistintas`, `Desborde`.
    pub fn plus(self, otro: Dinero) -> Result<Dinero, DineroError> {
        if self.moneda != otro.moneda {
            return Err(DineroError::MonedasDistintas(self.moneda, otro.moneda));
        }
        let centavos = self.centavos.checked_add(otro.centavos).ok_or(DineroError::Desborde)?;
        Ok(Dinero { centavos, ..self })
    }

    /// Splits into `n` instalments that add up exactly; the remainder goes cent by cent to the
    /// first ones (facturacion.md K3). `n` = 0 gives an empty list.
    pub fn split(self, n: u32) -> Vec<Dinero> {
        if n == 0 {
            return Vec::new();
        }
        let n = i64::from(n);
        let (base, resto) = (self.centavos.div_euclid(n), self.centavos.rem_euclid(n));
        (0..n).map(|i| Dinero::new(base + i64::from(i < resto), self.moneda)).collect()
    }

    /// Exact decimal value, two decimals.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.centavos, 2)
    }

    /// Rounds a decimal half away from zero to minor units. Errors: `Desborde`.
    pub fn from_decimal(valor: Decimal, moneda: Moneda) -> Result<Dinero, DineroError> {
        let centavos = rh(valor, 2)
            .checked_mul(Decimal::ONE_HUNDRED)
            .and_then(|v| i64::try_from(v.trunc().mantissa() / 10i128.pow(v.trunc().scale())).ok())
            .ok_or(DineroError::Desborde)?;
        Ok(Dinero { centavos, moneda })
    }

    /// The amount alone, always with two decimals and no thousands separator: `-1234.50`.
    pub fn importe(self) -> String {
        format_centavos(self.centavos)
    }
}

impl fmt::Display for Dinero {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.importe(), self.moneda)
    }
}

/// Reads a plain decimal text as minor units. Errors: `Formato`, `Desborde`.
pub fn parse_centavos(texto: &str) -> Result<i64, DineroError> {
    let (negativo, cuerpo) = match texto.strip_prefix('-') {
        Some(resto) => (true, resto),
        None => (false, texto),
    };
    let (entero, decimales) = cuerpo.split_once('.').unwrap_or((cuerpo, ""));
    let digitos = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let bien = !entero.is_empty() && digitos(entero) && digitos(decimales) && decimales.len() <= 2;
    if !bien || (cuerpo.contains('.') && decimales.is_empty()) {
        return Err(DineroError::Formato);
    }
    let unidades: i64 = entero.parse().map_err(|_| DineroError::Desborde)?;
    let fraccion: i64 = format!("{decimales:0<2}").parse().map_err(|_| DineroError::Formato)?;
    let valor = unidades.checked_mul(100).and_then(|v| v.checked_add(fraccion));
    let valor = valor.ok_or(DineroError::Desborde)?;
    Ok(if negativo { -valor } else { valor })
}

/// Minor units as a decimal text with two decimals.
pub fn format_centavos(centavos: i64) -> String {
    let signo = if centavos < 0 { "-" } else { "" };
    let valor = centavos.unsigned_abs();
    format!("{signo}{}.{:02}", valor / 100, valor % 100)
}

/// Rounds half away from zero to `decimales` (facturacion.md R2).
pub fn rh(valor: Decimal, decimales: u32) -> Decimal {
    valor.round_dp_with_strategy(decimales, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

/// `rh(numerador / denominador)` on exact integers, half away from zero.
///
/// Shape: `denominador` > 0; the quotient must fit i64, which every product of centavos and days
/// does.
pub fn rh_div(numerador: i128, denominador: i128) -> i64 {
    assert!(denominador > 0, "a proration needs a positive number of days");
    let mitad = denominador / 2;
    let resto_par = denominador % 2;
    let magnitud = numerador.abs();
    let cociente = magnitud / denominador;
    let resto = magnitud % denominador;
    let arriba = resto >= mitad + resto_par;
    let redondeado = cociente + i128::from(arriba && resto > 0);
    let con_signo = if numerador < 0 { -redondeado } else { redondeado };
    i64::try_from(con_signo).unwrap_or(if numerador < 0 { i64::MIN } else { i64::MAX })
}

/// `rh(importe × dias / total)` (facturacion.md P1); `total` is always the whole period.
pub fn prorratear(importe: Dinero, dias: i64, total: i64) -> Dinero {
    let centavos = rh_div(i128::from(importe.centavos) * i128::from(dias), i128::from(total));
    Dinero { centavos, ..importe }
}

/// Sum of amounts that are known to share one currency.
pub fn sumar(
    importes: impl IntoIterator<Item = Dinero>,
    moneda: Moneda,
) -> Result<Dinero, DineroError> {
    importes.into_iter().try_fold(Dinero::cero(moneda), Dinero::plus)
}

/// Sum of minor units without overflow.
pub fn sumar_centavos(valores: impl IntoIterator<Item = i64>) -> Result<i64, DineroError> {
    let total: i128 = valores.into_iter().map(i128::from).sum();
    i64::try_from(total).map_err(|_| DineroError::Desborde)
}

impl Sum<Dinero> for Option<Dinero> {
    fn sum<I: Iterator<Item = Dinero>>(mut iter: I) -> Self {
        let primero = iter.next()?;
        iter.try_fold(primero, |a, b| a.plus(b).ok())
    }
}

/// Wire form: `{"importe":"399.00","moneda":"MXN"}`.
#[derive(Serialize, Deserialize)]
struct DineroWire {
    importe: String,
    moneda: Moneda,
}

impl Serialize for Dinero {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        DineroWire { importe: self.importe(), moneda: self.moneda }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Dinero {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = DineroWire::deserialize(deserializer)?;
        Dinero::parse(&wire.importe, wire.moneda).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_and_written_to_the_cent() {
        for (texto, centavos) in [("399.00", 39900), ("0.5", 50), ("-12.30", -1230), ("7", 700)] {
            assert_eq!(parse_centavos(texto), Ok(centavos), "{texto}");
        }
        for malo in ["", ".", "1.", "1,200.00", "1e3", "abc", "1.234", "+1", " 1", "--1"] {
            assert!(parse_centavos(malo).is_err(), "{malo}");
        }
        assert_eq!(format_centavos(-5), "-0.05");
    }

    #[test]
    fn halves_round_away_from_zero() {
        assert_eq!(rh_div(5, 10), 1);
        assert_eq!(rh_div(-5, 10), -1);
        assert_eq!(rh_div(4, 9), 0);
        assert_eq!(rh_div(5, 9), 1);
        assert_eq!(rh_div(3, 1), 3);
        assert_eq!(rh_div(0, 7), 0);
        assert_eq!(prorratear(Dinero::new(39900, Moneda::Mxn), 12, 31).centavos, 15445);
        assert_eq!(prorratear(Dinero::new(39900, Moneda::Mxn), 11, 30).centavos, 14630);
    }

    #[test]
    fn instalments_always_add_up() {
        let cuotas = |c, n| -> Vec<i64> {
            Dinero::new(c, Moneda::Pen).split(n).iter().map(|d| d.centavos).collect()
        };
        assert_eq!(cuotas(29990, 3), [9997, 9997, 9996]);
        assert_eq!(cuotas(100_000, 3), [33334, 33333, 33333]);
        let doce = cuotas(59900, 12);
        assert_eq!(doce.iter().filter(|c| **c == 4992).count(), 8);
        assert_eq!(doce.iter().sum::<i64>(), 59900);
        assert!(cuotas(1, 0).is_empty());
    }

    #[test]
    fn two_currencies_never_add() {
        let error = Dinero::new(1, Moneda::Mxn).plus(Dinero::new(1, Moneda::Pen));
        assert_eq!(error, Err(DineroError::MonedasDistintas(Moneda::Mxn, Moneda::Pen)));
    }

    #[test]
    fn decimals_become_cents_half_up() {
        let d = |t: &str| Dinero::from_decimal(t.parse().unwrap(), Moneda::Mxn).unwrap().centavos;
        assert_eq!(d("1.005"), 101);
        assert_eq!(d("-1.005"), -101);
        assert_eq!(d("1000"), 100_000);
    }
}
