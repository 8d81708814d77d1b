//! Amounts as text: read strictly, written as each wire writes them. No float anywhere.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Largest amount taken, minor units: ten million.
pub const MAXIMO: i64 = 1_000_000_000;

/// Reads `123`, `123.4` or `123.45`; no sign, no exponent, at most ten million.
pub fn read(texto: &str) -> Option<i64> {
    let (entero, fraccion) = texto.split_once('.').unwrap_or((texto, "0"));
    let digitos = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if !digitos(entero) || entero.len() > 9 || !digitos(fraccion) || fraccion.len() > 2 {
        return None;
    }
    let unidades: i64 = entero.parse().ok()?;
    let centavos: i64 = format!("{fraccion:0<2}").parse().ok()?;
    Some(unidades * 100 + centavos).filter(|c| *c <= MAXIMO)
}

/// Always two decimals.
pub fn write(centavos: i64) -> String {
    let signo = if centavos < 0 { "-" } else { "" };
    let valor = centavos.unsigned_abs();
    format!("{signo}{}.{:02}", valor / 100, valor % 100)
}

/// A JSON number without zeros at the end, as Mercado Pago writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numero(pub i64);

impl Serialize for Numero {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texto = write(self.0);
        let corto = texto.trim_end_matches('0').trim_end_matches('.').to_owned();
        let crudo = RawValue::from_string(corto).map_err(serde::ser::Error::custom)?;
        crudo.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Numero {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Numero, D::Error> {
        let crudo = Box::<RawValue>::deserialize(deserializer)?;
        let mala = || serde::de::Error::custom("an amount takes at most two decimals");
        read(crudo.get()).map(Numero).ok_or_else(mala)
    }
}

/// Part of an amount, in ten thousandths, half up.
pub fn part(centavos: i64, por_diez_mil: i64) -> i64 {
    (centavos * por_diez_mil + 5_000).div_euclid(10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_amounts_of_two_decimals_are_read() {
        for (texto, centavos) in [("399.00", 39_900), ("0.5", 50), ("7", 700), ("12.34", 1_234)] {
            assert_eq!(read(texto), Some(centavos), "{texto}");
        }
        for malo in ["", "-1", "1e3", "1.234", "1.", ".5", "1,200", " 1", "99999999999", "\"5\""] {
            assert_eq!(read(malo), None, "{malo}");
        }
        let json = |c| serde_json::to_string(&Numero(c)).unwrap();
        assert_eq!(
            (json(39_900), json(1_250), json(7), json(0)),
            tuple("399", "12.5", "0.07", "0")
        );
        assert_eq!(part(39_900, 349), 1_393);
    }

    fn tuple(a: &str, b: &str, c: &str, d: &str) -> (String, String, String, String) {
        (a.into(), b.into(), c.into(), d.into())
    }
}
