//! The hot path: model and CSD in, sealed bytes out. The bytes are frozen from here on; whoever
//! needs them changed issues another document.

use ramal_xml::{b64, sha256};

use crate::cadena::cadena_original;
use crate::csd::Csd;
use crate::escritura::{DatosSello, xml};
use crate::modelo::Comprobante;
use crate::texto::hex;

/// A sealed document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sellado {
    /// The exact bytes to store and to send.
    pub xml: Vec<u8>,
    /// Cadena original that was signed, UTF-8.
    pub cadena: Vec<u8>,
    /// SHA-256 of the cadena, hexadecimal.
    pub cadena_sha256: String,
    /// Sello, base64.
    pub sello_b64: String,
}

/// Seals `comprobante`: RSASSA-PKCS1-v1_5 with SHA-256 over the cadena.
///
/// Deterministic: same model and CSD, same bytes. It validates nothing;
/// [`crate::validacion::validar`] comes before.
/// Source: Anexo 20, I.D.
pub fn sellar(comprobante: &Comprobante, csd: &Csd) -> Sellado {
    let cadena = cadena_original(comprobante, csd.no_certificado());
    let sello_b64 = b64::encode(&csd.llave().sign_sha256(&cadena));
    let datos = DatosSello {
        sello: &sello_b64,
        no_certificado: csd.no_certificado(),
        certificado: csd.certificado_base64(),
    };
    let xml = xml(comprobante, datos);
    Sellado { xml, cadena_sha256: hex(&sha256(&cadena)), cadena, sello_b64 }
}
