//! Parties of a document: emisor and cliente. It does not check identity numbers; `validador` does.

use serde::{Deserialize, Serialize};

use crate::catalogos::TipoIdentidad;

/// Fiscal address of an establecimiento (§5.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Direccion {
    /// INEI code, six digits.
    pub ubigeo: String,
    /// Establecimiento anexo, four digits; `0000` is the main one.
    pub establecimiento: String,
    /// Urbanización, up to 25 characters.
    pub urbanizacion: Option<String>,
    /// Provincia, up to 30 characters.
    pub provincia: String,
    /// Departamento, up to 30 characters.
    pub departamento: String,
    /// Distrito, up to 30 characters.
    pub distrito: String,
    /// Street and number, 3 to 200 characters.
    pub linea: String,
}

/// Who signs the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emisor {
    /// Eleven digits.
    pub ruc: String,
    /// Legal name, up to 1500 characters (100 in RC and RA).
    pub razon_social: String,
    /// Trade name.
    pub nombre_comercial: Option<String>,
    /// Address of the establecimiento that issues.
    pub direccion: Direccion,
}

/// Who buys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cliente {
    /// Catalogue 06.
    pub tipo: TipoIdentidad,
    /// Number as text, leading zeros kept.
    pub numero: String,
    /// Name, 3 to 1500 characters.
    pub nombre: String,
    /// Address in one line; SUNAT does not check it.
    pub direccion: Option<String>,
    /// E-mail for `cac:Contact`.
    pub correo: Option<String>,
}

impl Cliente {
    /// Customer with a RUC.
    pub fn ruc(numero: &str, nombre: &str) -> Cliente {
        Cliente::new(TipoIdentidad::Ruc, numero, nombre)
    }

    /// Customer with a DNI.
    pub fn dni(numero: &str, nombre: &str) -> Cliente {
        Cliente::new(TipoIdentidad::Dni, numero, nombre)
    }

    /// Sale without identification: type 0, `00000000`, CLIENTES VARIOS (§5.5).
    pub fn varios() -> Cliente {
        Cliente::new(TipoIdentidad::SinRuc, "00000000", "CLIENTES VARIOS")
    }

    /// Customer with any identity document.
    pub fn new(tipo: TipoIdentidad, numero: &str, nombre: &str) -> Cliente {
        Cliente {
            tipo,
            numero: numero.to_owned(),
            nombre: nombre.to_owned(),
            direccion: None,
            correo: None,
        }
    }
}
