//! SUNAT's return codes: what to do about each (§17.3) and what it means in our words (§18). It
//! performs no retry.

mod codigo;
mod observaciones;
mod rechazos;
mod rechazos_nuevos;
mod sistema;

pub use codigo::Codigo;

use serde::Serialize;

/// What a code asks of the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clase {
    /// `0`, accepted.
    Aceptado,
    /// 4000 and over: accepted, something to look at.
    Observacion,
    /// The service fails: back off and send the same bytes again.
    Transitorio,
    /// User, password, profile or RUC of the sender: stop the issuer's queue and alert.
    Credenciales,
    /// Not registered: repair and send the same number.
    Excepcion,
    /// 1079, a boleta too late to go alone: move it to an RC.
    SoloPorResumen,
    /// Registered as rejected: the number is burned.
    Rechazo,
    /// Registered before, or maybe: consult, never assume (§17.4).
    Incierto,
    /// 0140, the same document is in process: wait a minute, then consult.
    EnProceso,
    /// 0126 and 0127, ticket unknown: ask again for ten minutes, then uncertain.
    TicketDesconocido,
}

/// Class of a code; any text that is not a number is `Incierto`.
///
/// Shape: with or without leading zeros. Source: §17.3, §18.
pub fn clase(codigo: &str) -> Clase {
    let Ok(numero) = codigo.trim().parse::<u32>() else { return Clase::Incierto };
    match numero {
        0 => Clase::Aceptado,
        100 | 109 | 125 | 130..=138 | 200 | 201 | 250 | 251 | 253 | 254 | 307 => Clase::Transitorio,
        101..=106 | 110..=113 | 154 => Clase::Credenciales,
        126 | 127 => Clase::TicketDesconocido,
        140 => Clase::EnProceso,
        402 | 1032 | 1033 => Clase::Incierto,
        1079 => Clase::SoloPorResumen,
        1..=1999 => Clase::Excepcion,
        2223 | 2324 => Clase::Incierto,
        2000..=3999 => Clase::Rechazo,
        4000.. => Clase::Observacion,
    }
}

/// Meaning and way out of a code in our own words. `None`: show SUNAT's text.
pub fn explicar(codigo: &str) -> Option<&'static Codigo> {
    let numero: u16 = codigo.trim().parse().ok()?;
    let tabla: &[Codigo] = match numero {
        0..=1999 => sistema::TABLA,
        2000..=3999 => rechazos::tabla(numero),
        _ => observaciones::TABLA,
    };
    tabla.binary_search_by_key(&numero, |c| c.numero).ok().map(|i| &tabla[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_the_norm_is_told_apart() {
        let casos = [
            ("0", Clase::Aceptado),
            ("0000", Clase::Aceptado),
            ("0100", Clase::Transitorio),
            ("0109", Clase::Transitorio),
            ("0135", Clase::Transitorio),
            ("0307", Clase::Transitorio),
            ("0125", Clase::Transitorio),
            ("0102", Clase::Credenciales),
            ("0111", Clase::Credenciales),
            ("0154", Clase::Credenciales),
            ("0127", Clase::TicketDesconocido),
            ("0140", Clase::EnProceso),
            ("0151", Clase::Excepcion),
            ("0252", Clase::Excepcion),
            ("0306", Clase::Excepcion),
            ("1001", Clase::Excepcion),
            ("1083", Clase::Excepcion),
            ("1079", Clase::SoloPorResumen),
            ("1032", Clase::Incierto),
            ("1033", Clase::Incierto),
            ("0402", Clase::Incierto),
            ("2324", Clase::Incierto),
            ("2800", Clase::Rechazo),
            ("3319", Clase::Rechazo),
            ("4252", Clase::Observacion),
            ("", Clase::Incierto),
            ("HTTP", Clase::Incierto),
        ];
        for (codigo, esperada) in casos {
            assert_eq!(clase(codigo), esperada, "{codigo}");
        }
    }

    #[test]
    fn tables_are_sorted_so_that_every_row_is_found() {
        let tablas =
            [sistema::TABLA, rechazos::tabla(2000), rechazos::tabla(3000), observaciones::TABLA];
        for tabla in tablas {
            assert!(tabla.windows(2).all(|par| par[0].numero < par[1].numero));
            for fila in tabla {
                assert_eq!(explicar(&format!("{:04}", fila.numero)), Some(fila));
                assert!(!fila.texto.ends_with('.'), "{}", fila.numero);
            }
        }
        assert_eq!(explicar("2999x"), None);
        assert_eq!(explicar("9999"), None);
        assert!(explicar("3267").unwrap().salida.contains("contado"));
    }
}
