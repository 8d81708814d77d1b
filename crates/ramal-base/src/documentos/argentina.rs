//! CUIT and DNI of Argentina. It issues nothing there: only identity numbers are known.

use super::{DocumentoError, DocumentoValido, Persona, digitos, suma_modulo_11};

const CUIT_FORMATO: DocumentoError =
    DocumentoError { codigo: "cuit_formato", motivo: "El CUIT lleva 11 dígitos." };
const CUIT_PREFIJO: DocumentoError = DocumentoError {
    codigo: "cuit_prefijo",
    motivo: "El CUIT empieza por 20, 23, 24, 25, 26, 27, 30, 33 o 34; revise el número.",
};
const CUIT_DIGITO: DocumentoError = DocumentoError {
    codigo: "cuit_digito",
    motivo: "El dígito verificador del CUIT no corresponde; revise el número.",
};
const DNI_FORMATO: DocumentoError =
    DocumentoError { codigo: "dni_formato", motivo: "El DNI argentino lleva 7 u 8 dígitos." };

/// CUIT or CUIL: 11 digits, known prefix, modulo 11. A sum that asks for "10" has no valid digit:
/// the registry gives such a person another prefix.
pub(super) fn cuit(numero: String) -> Result<DocumentoValido, DocumentoError> {
    let valores = digitos(&numero, 11).ok_or(CUIT_FORMATO)?;
    let persona = match &numero[..2] {
        "20" | "23" | "24" | "25" | "26" | "27" => Persona::Fisica,
        "30" | "33" | "34" => Persona::Moral,
        _ => return Err(CUIT_PREFIJO),
    };
    if (11 - suma_modulo_11(&valores)) % 11 != valores[10] {
        return Err(CUIT_DIGITO);
    }
    Ok(DocumentoValido::sin_avisos(numero, persona))
}

/// DNI: 7 or 8 digits without check digit.
pub(super) fn dni(numero: String) -> Result<DocumentoValido, DocumentoError> {
    digitos(&numero, 8).or_else(|| digitos(&numero, 7)).ok_or(DNI_FORMATO)?;
    Ok(DocumentoValido::sin_avisos(numero, Persona::Fisica))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codigo(resultado: Result<DocumentoValido, DocumentoError>) -> &'static str {
        resultado.map_or_else(|e| e.codigo, |_| "valido")
    }

    #[test]
    fn a_cuit_with_a_wrong_digit_is_refused() {
        // 33693450239 is the tax agency, 30500010912 Banco de la Nación: published by themselves.
        for numero in ["33693450239", "30500010912", "20123456786"] {
            assert_eq!(codigo(cuit(numero.into())), "valido", "{numero}");
        }
        let malos = [
            ("33693450238", "cuit_digito"),
            ("20123456787", "cuit_digito"),
            ("99693450239", "cuit_prefijo"),
            ("3369345023", "cuit_formato"),
            ("3369345023A", "cuit_formato"),
        ];
        for (numero, esperado) in malos {
            assert_eq!(codigo(cuit(numero.into())), esperado, "{numero}");
        }
    }

    #[test]
    fn a_sum_that_asks_for_ten_has_no_valid_digit() {
        // 20 + 00000006: 10 + 12 = 22, digit 0; 20 + 00000001: 10 + 2 = 12, which asks for 10.
        assert_eq!(codigo(cuit("20000000060".into())), "valido");
        for digito in 0..10 {
            assert_eq!(codigo(cuit(format!("2000000001{digito}"))), "cuit_digito");
        }
    }

    #[test]
    fn an_argentine_dni_has_seven_or_eight_digits() {
        assert_eq!(dni("12345678".into()).unwrap().numero, "12345678");
        assert_eq!(dni("1234567".into()).unwrap().persona, Persona::Fisica);
        for numero in ["", "123456", "123456789", "1234567A"] {
            assert_eq!(codigo(dni(numero.into())), "dni_formato", "{numero}");
        }
    }

    #[test]
    fn a_company_cuit_is_told_from_a_person() {
        assert_eq!(cuit("30500010912".into()).unwrap().persona, Persona::Moral);
        assert_eq!(cuit("20123456786".into()).unwrap().persona, Persona::Fisica);
    }
}
