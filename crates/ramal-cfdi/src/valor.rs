//! Exact decimals that remember how they are written (`100`, `100.00`, `0.160000`). They never
//! round by themselves: whoever rounds calls [`redondear`] or [`dividir`], so that each rounding
//! has a visible place.

use std::fmt;

/// Units of 10⁻⁶ in one unit; the finest amount that a CFDI line can carry.
pub const MICRO: i128 = 1_000_000;

/// Decimal number as it is written in an attribute: `mantisa × 10^-decimales`, always with
/// `decimales` decimals.
///
/// Shape: never negative in a valid CFDI; `decimales` ≤ 10. Equality compares the writing: `1.0` ≠
/// `1`.
/// Source: Anexo 20, t_Importe and t_ImporteMXN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Valor {
    mantisa: i64,
    decimales: u8,
}

/// Why a text is not a decimal of a CFDI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValorError {
    /// Not plain digits with an optional decimal part of 1 to 10 digits.
    #[error("no es un número decimal simple, por ejemplo 499.00")]
    Formato,
    /// More digits than the program handles.
    #[error("el número es demasiado grande")]
    Desborde,
}

impl Valor {
    /// `0`, as the header of a REP writes it.
    pub const CERO: Valor = Valor { mantisa: 0, decimales: 0 };
    /// `1`.
    pub const UNO: Valor = Valor { mantisa: 1, decimales: 0 };

    /// Whole number, written without decimals.
    pub const fn entero(valor: i64) -> Valor {
        Valor { mantisa: valor, decimales: 0 }
    }

    /// Amount in centavos, written with two decimals.
    pub const fn centavos(centavos: i64) -> Valor {
        Valor { mantisa: centavos, decimales: 2 }
    }

    /// Amount in millionths, written with six decimals.
    pub const fn micros(micros: i64) -> Valor {
        Valor { mantisa: micros, decimales: 6 }
    }

    /// Quantity in millionths, written with the decimals that it needs (`1`, `2.5`).
    pub const fn cantidad(micros: i64) -> Valor {
        Valor { mantisa: micros, decimales: 6 }.recortado()
    }

    /// Reads `[0-9]{1,18}(.[0-9]{1,10})?`. Errors: `Formato`, `Desborde`.
    pub fn parse(texto: &str) -> Result<Valor, ValorError> {
        let (entero, decimales) = match texto.split_once('.') {
            Some((_, "")) => return Err(ValorError::Formato),
            Some(partes) => partes,
            None => (texto, ""),
        };
        let digitos = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        let largo_bien = (1..=18).contains(&entero.len()) && decimales.len() <= 10;
        if !largo_bien || !digitos(entero) || !digitos(decimales) {
            return Err(ValorError::Formato);
        }
        let mantisa = entero.bytes().chain(decimales.bytes()).try_fold(0i64, |suma, b| {
            suma.checked_mul(10).and_then(|s| s.checked_add(i64::from(b - b'0')))
        });
        let mantisa = mantisa.ok_or(ValorError::Desborde)?;
        let decimales = u8::try_from(decimales.len()).map_err(|_| ValorError::Formato)?;
        Ok(Valor { mantisa, decimales })
    }

    /// Decimals with which it is written.
    pub const fn decimales(self) -> u8 {
        self.decimales
    }

    /// True if the number is zero, however it is written.
    pub const fn is_cero(self) -> bool {
        self.mantisa == 0
    }

    /// The same number without trailing zeros after the point.
    pub const fn recortado(self) -> Valor {
        let (mut mantisa, mut decimales) = (self.mantisa, self.decimales);
        while decimales > 0 && mantisa % 10 == 0 {
            mantisa /= 10;
            decimales -= 1;
        }
        Valor { mantisa, decimales }
    }

    /// Value in millionths; anything finer (only EquivalenciaDR has it) is rounded half away from
    /// zero.
    pub fn en_micros(self) -> i128 {
        self.escalado(6)
    }

    /// Value in centavos, rounded half away from zero.
    pub fn en_centavos(self) -> i128 {
        self.escalado(2)
    }

    /// Value times 10^`decimales`, rounded half away from zero if digits are lost.
    pub fn escalado(self, decimales: u8) -> i128 {
        let mantisa = i128::from(self.mantisa);
        if decimales >= self.decimales {
            mantisa * potencia(decimales - self.decimales)
        } else {
            dividir(mantisa, potencia(self.decimales - decimales))
        }
    }

    /// Appends the decimal text to `salida`.
    pub fn write(self, salida: &mut Vec<u8>) {
        let mut texto = [0u8; 32];
        let (mut desde, mut puestos) = (texto.len(), 0u8);
        let mut resto = self.mantisa.unsigned_abs();
        while resto > 0 || puestos <= self.decimales {
            if puestos == self.decimales && puestos > 0 {
                desde -= 1;
                texto[desde] = b'.';
            }
            desde -= 1;
            texto[desde] = b'0' + (resto % 10) as u8;
            resto /= 10;
            puestos += 1;
        }
        if self.mantisa < 0 {
            salida.push(b'-');
        }
        salida.extend_from_slice(&texto[desde..]);
    }
}

impl fmt::Display for Valor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut texto = Vec::with_capacity(24);
        self.write(&mut texto);
        f.write_str(&String::from_utf8_lossy(&texto))
    }
}

impl std::str::FromStr for Valor {
    type Err = ValorError;

    fn from_str(texto: &str) -> Result<Valor, ValorError> {
        Valor::parse(texto)
    }
}

impl serde::Serialize for Valor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// 10^`exponente`.
pub fn potencia(exponente: u8) -> i128 {
    10i128.pow(u32::from(exponente))
}

/// `numerador / denominador` rounded half away from zero; `denominador` > 0.
pub fn dividir(numerador: i128, denominador: i128) -> i128 {
    assert!(denominador > 0, "amounts are only divided by positive numbers");
    let doble = 2 * (numerador.abs() % denominador);
    let cociente = numerador / denominador;
    if doble < denominador { cociente } else { cociente + numerador.signum() }
}

/// Rounds millionths half away from zero to `decimales` (0 to 6); the result is still in
/// millionths.
pub fn redondear(micros: i128, decimales: u8) -> i128 {
    let paso = potencia(6u8.saturating_sub(decimales));
    dividir(micros, paso) * paso
}

/// Millionths written with `decimales` (2 or 6). Errors: `Desborde` beyond 10¹² units, which no
/// invoice reaches.
pub fn escribir(micros: i128, decimales: u8) -> Result<Valor, ValorError> {
    let mantisa = dividir(micros, potencia(6u8.saturating_sub(decimales)));
    if micros.abs() > MICRO * MICRO {
        return Err(ValorError::Desborde);
    }
    let mantisa = i64::try_from(mantisa).map_err(|_| ValorError::Desborde)?;
    Ok(Valor { mantisa, decimales })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_back_exactly_as_read() {
        for texto in ["0", "1", "100", "100.00", "0.160000", "100.005", "0.0000000001", "12.50"] {
            assert_eq!(Valor::parse(texto).unwrap().to_string(), texto);
        }
        for malo in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,000.00", " 1", "NaN", "1.2.3"] {
            assert_eq!(Valor::parse(malo), Err(ValorError::Formato), "{malo}");
        }
        assert_eq!(Valor::parse("999999999999999999.999999"), Err(ValorError::Desborde));
        assert_eq!(Valor::parse("1.12345678901"), Err(ValorError::Formato));
    }

    #[test]
    fn quantities_carry_no_useless_zeros() {
        for (micros, texto) in [(1_000_000, "1"), (2_500_000, "2.5"), (1, "0.000001"), (0, "0")] {
            assert_eq!(Valor::cantidad(micros).to_string(), texto);
        }
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(redondear(5_000, 2), 10_000);
        assert_eq!(redondear(-5_000, 2), -10_000);
        assert_eq!(redondear(4_999, 2), 0);
        assert_eq!(Valor::parse("1.005").unwrap().en_centavos(), 101);
        assert_eq!(escribir(1_005_000, 2).unwrap().to_string(), "1.01");
        assert_eq!(escribir(2_000_000_000_000_000_000, 2), Err(ValorError::Desborde));
    }
}
