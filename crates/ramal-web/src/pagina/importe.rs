//! Reading an amount as people type it, with either separator, only when it can be read in one way.
//! It knows no currency and rounds nothing.

use std::fmt;

/// Why a typed amount was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImporteError {
    /// It can be read in two ways.
    Dudoso {
        /// What was typed.
        tal: String,
        /// Read as thousands.
        miles: String,
        /// Read as a decimal.
        decimal: String,
    },
    /// It is not an amount.
    Ilegible,
}

impl fmt::Display for ImporteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImporteError::Dudoso { tal, miles, decimal } => write!(
                f,
                "{tal} puede ser {miles} o {decimal}; escribir el importe sin separador de miles."
            ),
            ImporteError::Ilegible => {
                f.write_str("El importe lleva solo números y hasta dos decimales: 1234.50.")
            }
        }
    }
}

/// The amount as a plain decimal: `$ 1.234,50` and `1,234.5` give `1234.50` and `1234.5`.
///
/// Shape: any sign; at most two decimals. A lone separator followed by three digits is doubtful,
/// because one country's thousands are another's decimals. Errors: see [`ImporteError`].
pub fn parse(texto: &str) -> Result<String, ImporteError> {
    let limpio = bare(texto);
    let (signo, cuerpo) = match limpio.strip_prefix('-') {
        Some(resto) => ("-", resto),
        None => ("", limpio.as_str()),
    };
    let (entero, decimales) = parts(cuerpo, texto.trim())?;
    let cifras = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let bien = !entero.is_empty() && cifras(&entero) && cifras(&decimales) && decimales.len() <= 2;
    if !bien {
        return Err(ImporteError::Ilegible);
    }
    let entero = entero.trim_start_matches('0');
    let entero = if entero.is_empty() { "0" } else { entero };
    let punto = if decimales.is_empty() { "" } else { "." };
    Ok(format!("{signo}{entero}{punto}{decimales}"))
}

/// Without spaces, currency signs and codes.
fn bare(texto: &str) -> String {
    let mut limpio: String =
        texto.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}').collect();
    for marca in ["S/.", "S/", "MXN", "PEN", "USD", "ARS", "US$", "$"] {
        limpio = limpio.replacen(marca, "", 1);
    }
    limpio.replacen('−', "-", 1)
}

/// Whole part without separators, and decimals.
fn parts(cuerpo: &str, tal: &str) -> Result<(String, String), ImporteError> {
    let separadores: Vec<(usize, char)> =
        cuerpo.char_indices().filter(|(_, c)| matches!(c, '.' | ',')).collect();
    let Some(&(ultimo, cual)) = separadores.last() else {
        return Ok((cuerpo.to_owned(), String::new()));
    };
    let iguales = separadores.iter().filter(|(_, c)| *c == cual).count();
    let mezcla = iguales != separadores.len();
    let despues = &cuerpo[ultimo + 1..];
    if mezcla {
        if iguales > 1 {
            return Err(ImporteError::Ilegible);
        }
        let otro = if cual == '.' { ',' } else { '.' };
        return Ok((ungrouped(&cuerpo[..ultimo], otro)?, despues.to_owned()));
    }
    if iguales > 1 {
        return Ok((ungrouped(cuerpo, cual)?, String::new()));
    }
    let antes = &cuerpo[..ultimo];
    match despues.len() {
        1 | 2 if !antes.is_empty() => Ok((antes.to_owned(), despues.to_owned())),
        3 if is_group(antes) => Err(ImporteError::Dudoso {
            tal: tal.to_owned(),
            miles: format!("{antes}{despues}"),
            decimal: format!("{antes}{}{despues}", if cual == '.' { ',' } else { '.' }),
        }),
        _ => Err(ImporteError::Ilegible),
    }
}

/// Whether it can stand before a separator of thousands: one to three digits, not `0`.
fn is_group(antes: &str) -> bool {
    (1..=3).contains(&antes.len())
        && antes.bytes().all(|b| b.is_ascii_digit())
        && !antes.starts_with('0')
}

/// Takes the separators of thousands away, if they stand where they should.
fn ungrouped(texto: &str, separador: char) -> Result<String, ImporteError> {
    let mut grupos = texto.split(separador);
    let primero = grupos.next().unwrap_or("");
    let resto: Vec<&str> = grupos.collect();
    let bien = is_group(primero) && resto.iter().all(|g| g.len() == 3);
    if bien { Ok(format!("{primero}{}", resto.concat())) } else { Err(ImporteError::Ilegible) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_reads_in_one_way_is_read_with_either_separator() {
        for (texto, plano) in [
            ("1234", "1234"),
            ("1234.5", "1234.5"),
            ("1234,50", "1234.50"),
            ("1,234.50", "1234.50"),
            ("1.234,50", "1234.50"),
            ("$ 1.234.567,50", "1234567.50"),
            ("S/ 1,234,567", "1234567"),
            ("-$1,234.50", "-1234.50"),
            ("USD 120.00", "120.00"),
            ("\u{a0}12,3 ", "12.3"),
            ("0,5", "0.5"),
            ("007", "7"),
        ] {
            assert_eq!(parse(texto).as_deref(), Ok(plano), "{texto}");
        }
    }

    #[test]
    fn a_doubtful_amount_is_asked_and_never_guessed() {
        let error = parse("1.234").unwrap_err();
        assert_eq!(
            error.to_string(),
            "1.234 puede ser 1234 o 1,234; escribir el importe sin separador de miles."
        );
        assert!(matches!(parse("12,345"), Err(ImporteError::Dudoso { .. })));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for malo in ["", "abc", "1,23,456.7", "1.2.3", "12.3456", ".5", "1.", "1e3", "0.123", "--1"]
        {
            assert_eq!(parse(malo), Err(ImporteError::Ilegible), "{malo}");
        }
    }
}
