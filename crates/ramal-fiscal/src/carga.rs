//! Reading an uploaded certificate with its key: what is wrong is told on the file or the password
//! that is at fault. It keeps nothing.

use ramal_base::{CampoInvalido, Pais};
use ramal_cfdi::{Csd, CsdError};
use ramal_sunat::FirmanteSunat;
use ramal_xml::{Certificado, Llave, LlaveError};

use crate::{EmisorFiscal, Firmante};

/// What was uploaded, as it came.
#[derive(Clone, Copy)]
pub enum Carga<'a> {
    /// Certificate and key in two files, DER.
    Par {
        /// `.cer`.
        cer: &'a [u8],
        /// `.key`.
        key: &'a [u8],
    },
    /// One PKCS #12 file.
    P12(&'a [u8]),
    /// Certificate and key in one PEM text.
    Pem(&'a str),
}

/// Reads what signs for an emisor. `contrasena` is that of the key; empty if it has none.
///
/// Errors: the field at fault (`cer`, `key`, `p12`, `pem`, `contrasena`) with what to do.
pub fn read(
    emisor: &EmisorFiscal,
    carga: Carga<'_>,
    contrasena: &str,
) -> Result<Firmante, CampoInvalido> {
    let pe = emisor.pais == Pais::Pe;
    if let (Carga::Par { cer, key }, false) = (carga, pe) {
        let csd = Csd::load(cer, key, contrasena).map_err(|e| of_csd(&e))?;
        return Ok(Firmante::Mx(Box::new(csd)));
    }
    let clave = Some(contrasena).filter(|c| !c.is_empty());
    let (llave, certificado) = parts(carga, clave)?;
    if pe {
        let firmante = FirmanteSunat::new(llave, certificado).map_err(|e| of_sunat(carga, &e))?;
        return Ok(Firmante::Pe(Box::new(firmante)));
    }
    let csd = Csd::from_llave(certificado, llave).map_err(|e| of_csd(&e))?;
    Ok(Firmante::Mx(Box::new(csd)))
}

fn parts(carga: Carga<'_>, clave: Option<&str>) -> Result<(Llave, Certificado), CampoInvalido> {
    match carga {
        Carga::Par { cer, key } => {
            let llave = match clave {
                Some(clave) => Llave::from_pkcs8_encrypted_der(key, clave),
                None => Llave::from_pkcs8_der(key),
            };
            let llave = llave.map_err(|e| of_llave("key", &e))?;
            Ok((llave, Certificado::from_der(cer).map_err(|e| of_llave("cer", &e))?))
        }
        Carga::P12(p12) => {
            Llave::from_p12(p12, clave.unwrap_or_default()).map_err(|e| of_llave("p12", &e))
        }
        Carga::Pem(pem) => {
            let llave = Llave::from_pem(pem, clave).map_err(|e| of_llave("pem", &e))?;
            Ok((llave, Certificado::from_pem(pem).map_err(|e| of_llave("pem", &e))?))
        }
    }
}

fn of_csd(error: &CsdError) -> CampoInvalido {
    let campo = match error {
        CsdError::ContrasenaIncorrecta => "contrasena",
        CsdError::LlaveIlegible | CsdError::LlaveAjena => "key",
        _ => "cer",
    };
    CampoInvalido::new(campo, "certificado_invalido", sentence(&error.to_string()))
}

fn of_llave(archivo: &str, error: &LlaveError) -> CampoInvalido {
    let (campo, motivo) = match error {
        LlaveError::Contrasena => ("contrasena", "La contraseña no abre la llave."),
        LlaveError::FaltaContrasena => {
            ("contrasena", "La llave está cifrada: falta la contraseña.")
        }
        LlaveError::Formato(_) => (archivo, "El archivo no es una llave o está incompleto."),
        LlaveError::Algoritmo => {
            (archivo, "La llave está cifrada de un modo que no se admite; exportarla con AES.")
        }
        LlaveError::NoEsRsa => (archivo, "La llave debe ser RSA de 2048 bits o más."),
        LlaveError::Certificado(_) => (archivo, "El archivo no es un certificado X.509."),
        LlaveError::SinCertificado => {
            (archivo, "El archivo no trae la llave junto con su certificado.")
        }
        LlaveError::Generacion(_) => (archivo, "No se pudo leer el archivo. Volver a intentar."),
    };
    CampoInvalido::new(campo, error.code(), motivo)
}

fn of_sunat(carga: Carga<'_>, error: &impl std::fmt::Display) -> CampoInvalido {
    let campo = match carga {
        Carga::Par { .. } => "key",
        Carga::P12(_) => "p12",
        Carga::Pem(_) => "pem",
    };
    CampoInvalido::new(campo, "certificado_invalido", sentence(&error.to_string()))
}

/// The text of an error as a sentence.
pub(crate) fn sentence(texto: &str) -> String {
    let mut letras = texto.chars();
    let inicial = letras.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{inicial}{}.", letras.as_str().trim_end_matches('.'))
}
