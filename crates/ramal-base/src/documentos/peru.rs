//! RUC and DNI of Peru (sunat.md 2). It does not know whether SUNAT holds the RUC as active.

use super::{DocumentoError, DocumentoValido, Persona, digitos, suma_modulo_11};

const RUC_FORMATO: DocumentoError = DocumentoError {
    codigo: "ruc_formato",
    motivo: "El RUC lleva 11 dígitos; revise el número.",
};
const RUC_PREFIJO: DocumentoError = DocumentoError {
    codigo: "ruc_prefijo",
    motivo: "El RUC empieza por 10, 15, 16, 17 o 20; revise el número.",
};
const RUC_DIGITO: DocumentoError = DocumentoError {
    codigo: "ruc_digito",
    motivo: "El dígito verificador del RUC no corresponde; revise el número con el cliente.",
};
const DNI_FORMATO: DocumentoError = DocumentoError {
    codigo: "dni_formato",
    motivo: "El DNI lleva 8 dígitos, con sus ceros a la izquierda.",
};
const DNI_DIGITO: DocumentoError = DocumentoError {
    codigo: "dni_digito",
    motivo: "El carácter verificador del DNI no corresponde; revise el número.",
};

/// RUC: 11 digits, known prefix, check digit.
pub(super) fn ruc(numero: String) -> Result<DocumentoValido, DocumentoError> {
    let valores = digitos(&numero, 11).ok_or(RUC_FORMATO)?;
    let persona = match &numero[..2] {
        "10" | "15" | "16" | "17" => Persona::Fisica,
        "20" => Persona::Moral,
        _ => return Err(RUC_PREFIJO),
    };
    if (11 - suma_modulo_11(&valores)) % 10 != valores[10] {
        return Err(RUC_DIGITO);
    }
    Ok(DocumentoValido::sin_avisos(numero, persona))
}

/// DNI: 8 digits, kept with their zeros; a ninth character is the printed check, verified and
/// dropped.
pub(super) fn dni(numero: String) -> Result<DocumentoValido, DocumentoError> {
    let base: String = numero.chars().take(8).collect();
    let valores = digitos(&base, 8).ok_or(DNI_FORMATO)?;
    let resto: Vec<char> = numero.chars().skip(8).collect();
    match resto[..] {
        [] => Ok(DocumentoValido::sin_avisos(base, Persona::Fisica)),
        [impreso] if verificadores_dni(&valores).contains(&impreso) => {
            Ok(DocumentoValido::sin_avisos(base, Persona::Fisica))
        }
        [_] => Err(DNI_DIGITO),
        _ => Err(DNI_FORMATO),
    }
}

/// The two check characters that the card may print for a DNI: digit form and letter form.
fn verificadores_dni(valores: &[u32]) -> [char; 2] {
    const PESOS: [u32; 8] = [3, 2, 7, 6, 5, 4, 3, 2];
    let suma: u32 = PESOS.iter().zip(valores).map(|(peso, digito)| peso * digito).sum();
    let caracter = |tabla: &str| tabla.chars().nth(suma as usize % 11).unwrap_or('?');
    [caracter("65432110987"), caracter("KJIHGFEDCBA")]
}

/// DNI that a RUC of a natural person (prefix 10) carries inside; `None` for any other RUC.
pub fn dni_de_ruc(ruc: &str) -> Option<&str> {
    let bien = ruc.len() == 11 && ruc.bytes().all(|b| b.is_ascii_digit());
    if bien && ruc.starts_with("10") { ruc.get(2..10) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codigo(resultado: Result<DocumentoValido, DocumentoError>) -> &'static str {
        resultado.map_or_else(|e| e.codigo, |_| "valido")
    }

    #[test]
    fn every_ruc_of_the_spec_is_judged_right() {
        let validos = [
            "20600000005",
            "20512333797",
            "20100066603",
            "20000000001",
            "20123456786",
            "20552638400",
            "20388570041",
            "20131312955",
            "10101174102",
            "15482850712",
            "17123456785",
            "10054148289",
        ];
        for numero in validos {
            assert_eq!(codigo(ruc(numero.into())), "valido", "{numero}");
        }
        let malos = [
            ("20512333798", "ruc_digito"),
            ("20123456789", "ruc_digito"),
            ("12345678912", "ruc_prefijo"),
            ("2051233379", "ruc_formato"),
            ("2051233379A", "ruc_formato"),
            ("", "ruc_formato"),
            ("２0512333797", "ruc_formato"),
        ];
        for (numero, esperado) in malos {
            assert_eq!(codigo(ruc(numero.into())), esperado, "{numero}");
        }
    }

    #[test]
    fn any_single_wrong_digit_of_a_ruc_is_caught() {
        for posicion in 2..11 {
            for digito in b'0'..=b'9' {
                let mut bytes = *b"20512333797";
                bytes[posicion] = digito;
                let numero = String::from_utf8(bytes.to_vec()).unwrap();
                let igual = numero == "20512333797";
                assert_eq!(codigo(ruc(numero.clone())) == "valido", igual, "{numero}");
            }
        }
    }

    #[test]
    fn the_ruc_tells_person_from_company_and_carries_the_dni() {
        assert_eq!(ruc("20131312955".into()).unwrap().persona, Persona::Moral);
        assert_eq!(ruc("10054148289".into()).unwrap().persona, Persona::Fisica);
        assert_eq!(dni_de_ruc("10054148289"), Some("05414828"));
        assert_eq!(dni_de_ruc("20131312955"), None);
        assert_eq!(dni_de_ruc("10ñandu1234"), None);
    }

    #[test]
    fn the_printed_dni_character_is_verified_and_dropped() {
        for numero in ["10117410", "101174102", "10117410G", "48285071", "482850711", "48285071E"] {
            assert_eq!(dni(numero.into()).unwrap().numero, numero[..8]);
        }
        assert_eq!(dni("05414828".into()).unwrap().numero, "05414828");
        for numero in ["101174103", "10117410E", "48285071Ñ"] {
            assert_eq!(codigo(dni(numero.into())), "dni_digito", "{numero}");
        }
        for numero in ["", "1011741", "1011741A", "1011741022"] {
            assert_eq!(codigo(dni(numero.into())), "dni_formato", "{numero}");
        }
    }
}
