//! Identity numbers of three countries: shape, real dates and check digits. It never asks an
//! authority whether the number is registered or alive.

mod argentina;
mod correo;
mod mexico;
mod peru;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Pais;

pub use correo::correo;
pub use mexico::is_generico;
pub use peru::dni_de_ruc;

/// Kind of identity document. Wire: upper-case, e.g. `RFC`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TipoDocumento {
    /// Registro Federal de Contribuyentes (México).
    Rfc,
    /// Clave Única de Registro de Población (México).
    Curp,
    /// Registro Único de Contribuyentes (Perú).
    Ruc,
    /// Documento nacional de identidad (Perú, Argentina).
    Dni,
    /// Clave Única de Identificación Tributaria (Argentina).
    Cuit,
    /// Carné de extranjería (Perú).
    Ce,
    /// Passport of any country.
    Pasaporte,
}

impl TipoDocumento {
    /// Every kind, in wire order.
    pub const TODOS: [TipoDocumento; 7] = [
        TipoDocumento::Rfc,
        TipoDocumento::Curp,
        TipoDocumento::Ruc,
        TipoDocumento::Dni,
        TipoDocumento::Cuit,
        TipoDocumento::Ce,
        TipoDocumento::Pasaporte,
    ];

    /// Wire name, upper-case.
    pub fn as_str(self) -> &'static str {
        match self {
            TipoDocumento::Rfc => "RFC",
            TipoDocumento::Curp => "CURP",
            TipoDocumento::Ruc => "RUC",
            TipoDocumento::Dni => "DNI",
            TipoDocumento::Cuit => "CUIT",
            TipoDocumento::Ce => "CE",
            TipoDocumento::Pasaporte => "PASAPORTE",
        }
    }
}

impl fmt::Display for TipoDocumento {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TipoDocumento {
    type Err = DocumentoError;

    fn from_str(texto: &str) -> Result<Self, DocumentoError> {
        TipoDocumento::TODOS.into_iter().find(|t| t.as_str() == texto).ok_or(DocumentoError {
            codigo: "tipo_documento",
            motivo: "El tipo de documento debe ser RFC, CURP, RUC, DNI, CUIT, CE o PASAPORTE.",
        })
    }
}

/// What the number says about its holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Persona {
    /// Natural person.
    Fisica,
    /// Company or other legal person.
    Moral,
    /// The number does not tell, e.g. a generic RFC.
    Desconocida,
}

/// Number that passed, in the form in which it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentoValido {
    /// Normalised: upper-case, without spaces, hyphens or dots.
    pub numero: String,
    /// Stable codes of doubts that do not refuse the number, e.g. `rfc_digito`; empty as a rule.
    pub avisos: Vec<&'static str>,
    /// Natural or legal person.
    pub persona: Persona,
}

impl DocumentoValido {
    fn sin_avisos(numero: String, persona: Persona) -> DocumentoValido {
        DocumentoValido { numero, avisos: Vec::new(), persona }
    }
}

/// Why a number was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{codigo}: {motivo}")]
pub struct DocumentoError {
    /// Stable code, e.g. `ruc_digito`.
    pub codigo: &'static str,
    /// What is wrong and what to do, in Spanish.
    pub motivo: &'static str,
}

const PAIS_SIN_DNI: DocumentoError = DocumentoError {
    codigo: "dni_pais",
    motivo: "El DNI es de Perú o de Argentina; indique el país o use otro documento.",
};
const CE_FORMATO: DocumentoError = DocumentoError {
    codigo: "ce_formato",
    motivo: "El carné de extranjería lleva de 8 a 12 letras o dígitos, sin espacios.",
};
const PASAPORTE_FORMATO: DocumentoError = DocumentoError {
    codigo: "pasaporte_formato",
    motivo: "El pasaporte lleva de 5 a 15 letras o dígitos, sin espacios.",
};

/// Checks a number and returns it normalised.
///
/// Shape: `pais` matters for a DNI alone, the other kinds name their country themselves. A wrong
/// check digit refuses a RUC, a CUIT, a CURP and a printed DNI, but is only the aviso `rfc_digito`
/// for an RFC, because SAT has registered some that fail it: the caller decides.
/// Errors: `DocumentoError` with a stable code. Source: cfdi.md 17, sunat.md 2.
///
/// ```
/// use ramal_base::Pais;
/// use ramal_base::documentos::{TipoDocumento, validar};
/// let ruc = validar(TipoDocumento::Ruc, Pais::Pe, "20-131312955").unwrap();
/// assert_eq!(ruc.numero, "20131312955");
/// ```
pub fn validar(
    tipo: TipoDocumento,
    pais: Pais,
    numero: &str,
) -> Result<DocumentoValido, DocumentoError> {
    let numero = normalizar(numero);
    match (tipo, pais) {
        (TipoDocumento::Rfc, _) => mexico::rfc(numero),
        (TipoDocumento::Curp, _) => mexico::curp(numero),
        (TipoDocumento::Ruc, _) => peru::ruc(numero),
        (TipoDocumento::Dni, Pais::Pe) => peru::dni(numero),
        (TipoDocumento::Dni, Pais::Ar) => argentina::dni(numero),
        (TipoDocumento::Dni, Pais::Mx) => Err(PAIS_SIN_DNI),
        (TipoDocumento::Cuit, _) => argentina::cuit(numero),
        (TipoDocumento::Ce, _) => alfanumerico(numero, 8..=12, CE_FORMATO),
        (TipoDocumento::Pasaporte, _) => alfanumerico(numero, 5..=15, PASAPORTE_FORMATO),
    }
}

/// Upper-case without white space, hyphens and dots; a decomposed Ñ becomes one character.
fn normalizar(numero: &str) -> String {
    let sobra = |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '\u{2010}'..='\u{2015}');
    let compacto: String = numero.chars().filter(|c| !sobra(*c)).collect();
    compacto.to_uppercase().replace("N\u{303}", "Ñ")
}

fn alfanumerico(
    numero: String,
    largo: std::ops::RangeInclusive<usize>,
    error: DocumentoError,
) -> Result<DocumentoValido, DocumentoError> {
    let bien = largo.contains(&numero.len()) && numero.bytes().all(|b| b.is_ascii_alphanumeric());
    if bien { Ok(DocumentoValido::sin_avisos(numero, Persona::Fisica)) } else { Err(error) }
}

/// Values of the digits when the text is `largo` ASCII digits and nothing else.
fn digitos(texto: &str, largo: usize) -> Option<Vec<u32>> {
    let valores: Option<Vec<u32>> = texto.chars().map(|c| c.to_digit(10)).collect();
    valores.filter(|v| v.len() == largo)
}

/// Sum of products with the weights that RUC and CUIT share; the last digit (the check) takes no
/// part.
fn suma_modulo_11(digitos: &[u32]) -> u32 {
    const PESOS: [u32; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    PESOS.iter().zip(digitos).map(|(peso, digito)| peso * digito).sum::<u32>() % 11
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_names_read_back_and_nothing_else_does() {
        for tipo in TipoDocumento::TODOS {
            assert_eq!(tipo.as_str().parse(), Ok(tipo));
            let json = serde_json::to_string(&tipo).unwrap();
            assert_eq!(json, format!("\"{tipo}\""));
        }
        assert_eq!("rfc".parse::<TipoDocumento>().unwrap_err().codigo, "tipo_documento");
    }

    #[test]
    fn people_write_numbers_with_spaces_hyphens_and_lower_case() {
        assert_eq!(normalizar("  20-131312955 "), "20131312955");
        assert_eq!(normalizar("cama 911215 cj0"), "CAMA911215CJ0");
        assert_eq!(normalizar("an\u{303}ñ801231jk0"), "AÑÑ801231JK0");
        assert_eq!(normalizar("12.345.678"), "12345678");
    }

    #[test]
    fn foreign_documents_are_letters_and_digits_only() {
        let valida = |tipo, numero| validar(tipo, Pais::Pe, numero);
        assert_eq!(valida(TipoDocumento::Ce, "001043328").unwrap().numero, "001043328");
        for malo in ["", "1234567", "1234567890123", "00104332Ñ", "0010433/8"] {
            assert_eq!(valida(TipoDocumento::Ce, malo).unwrap_err().codigo, "ce_formato");
        }
        assert_eq!(valida(TipoDocumento::Pasaporte, "g1234567").unwrap().numero, "G1234567");
        let error = valida(TipoDocumento::Pasaporte, "AB12").unwrap_err();
        assert_eq!(error.codigo, "pasaporte_formato");
    }

    #[test]
    fn a_dni_of_no_country_is_refused() {
        let error = validar(TipoDocumento::Dni, Pais::Mx, "10117410").unwrap_err();
        assert_eq!(error.codigo, "dni_pais");
    }
}
