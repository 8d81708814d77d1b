//! Amounts on a wire: decimal text from and to integer minor units, never through a float. It
//! rounds nothing.

use ramal_base::dinero::{format_centavos, parse_centavos};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Minor units that travel as a JSON number, or as a string in the newer routes of Mercado Pago.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Centavos(pub(crate) i64);

/// Minor units of a decimal text of two decimals; more are accepted if they are zeros.
pub(crate) fn parse(texto: &str) -> Option<i64> {
    let corto = match texto.split_once('.') {
        Some((_, d)) if d.len() > 2 && d.bytes().skip(2).all(|b| b == b'0') => {
            &texto[..texto.len() - (d.len() - 2)]
        }
        _ => texto,
    };
    parse_centavos(corto).ok()
}

impl Serialize for Centavos {
    /// A JSON number with two decimals.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let crudo = RawValue::from_string(format_centavos(self.0));
        crudo.map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Centavos {
    /// Errors: exponents, more than two decimals, anything that is not an amount.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Centavos, D::Error> {
        let crudo = Box::<RawValue>::deserialize(deserializer)?;
        let texto = crudo.get();
        let numero = texto.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(texto);
        parse(numero).map(Centavos).ok_or_else(|| D::Error::custom("no es un importe"))
    }
}

/// An id that some routes write as a number and others as a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Texto(pub(crate) String);

impl<'de> Deserialize<'de> for Texto {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Texto, D::Error> {
        let crudo = Box::<RawValue>::deserialize(deserializer)?;
        if crudo.get().starts_with('"') {
            return serde_json::from_str(crudo.get()).map(Texto).map_err(D::Error::custom);
        }
        let digitos = crudo.get().bytes().all(|b| b.is_ascii_digit());
        let texto = digitos.then(|| Texto(crudo.get().to_owned()));
        texto.ok_or_else(|| D::Error::custom("no es un identificador"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever the vendor leaves out or adds of zeros at the end.
        #[test]
        fn every_amount_survives_the_wire(centavos in 0i64..=99_999_999_999_999) {
            let texto = serde_json::to_string(&Centavos(centavos)).unwrap();
            let corto = texto.trim_end_matches('0').trim_end_matches('.');
            for escrito in [texto.as_str(), corto, &format!("{texto}00"), &format!("\"{texto}\"")] {
                let leido: Centavos = serde_json::from_str(escrito).unwrap();
                prop_assert_eq!(leido.0, centavos);
            }
        }
    }

    #[test]
    fn amounts_are_read_and_written_digit_by_digit() {
        let leer = |json: &str| serde_json::from_str::<Centavos>(json).ok().map(|c| c.0);
        let buenos = [
            ("399", 39_900),
            ("12.5", 1_250),
            ("0.07", 7),
            ("12.3400", 1_234),
            ("\"450.00\"", 45_000),
            // As a float it is 90071992547409.92 or its neighbour; as text it is itself.
            ("90071992547409.93", 9_007_199_254_740_993),
        ];
        for (json, esperado) in buenos {
            assert_eq!(leer(json), Some(esperado), "{json}");
        }
        for malo in ["1e3", "12.345", "true", "null", "\"\"", "\"1,200.00\"", "{}", "[1]"] {
            assert_eq!(leer(malo), None, "{malo}");
        }
        assert_eq!(serde_json::to_string(&Centavos(1_250)).unwrap(), "12.50");
        assert_eq!(serde_json::to_string(&Centavos(-7)).unwrap(), "-0.07");
    }

    #[test]
    fn ids_longer_than_a_float_keep_every_digit() {
        let leer = |json: &str| serde_json::from_str::<Texto>(json).ok().map(|t| t.0);
        assert_eq!(leer("18446744073709551616").as_deref(), Some("18446744073709551616"));
        assert_eq!(leer("\"ORD01\"").as_deref(), Some("ORD01"));
        assert_eq!(leer("1.5"), None);
    }
}
