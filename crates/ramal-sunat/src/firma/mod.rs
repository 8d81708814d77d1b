//! Signature of documents (§14), direct-canonical: no parser and no canonicaliser in the hot path.
//! It verifies nothing; `lectura` does.

mod firmante;

pub(crate) use firmante::nombra_ruc;

pub use firmante::FirmanteSunat;

use ramal_xml::{LlaveError, b64, hash};

use crate::escritura::{Raiz, SinFirma};

const DECLARACION: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// Why a certificate was refused or a document was not signed.
#[derive(Debug, thiserror::Error)]
pub enum FirmaError {
    /// The key or certificate cannot be read.
    #[error("no se pudo leer el certificado: {0}")]
    Llave(#[from] LlaveError),
    /// The key does not belong to the certificate.
    #[error("la clave privada no corresponde al certificado")]
    NoCorresponde,
    /// Shorter than 2048 bits.
    #[error("la clave tiene {0} bits; SUNAT exige 2048 o más")]
    Corta(usize),
    /// The RUC is nowhere in the subject.
    #[error("el certificado no es del RUC {0}")]
    OtroRuc(String),
    /// Not yet or no longer in force.
    #[error("el certificado no está vigente en la fecha de firma")]
    NoVigente,
}

/// A signed document, ready to be stored and sent as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firmado {
    /// Whole file, with XML declaration.
    pub xml: Vec<u8>,
    /// `ds:DigestValue`: the hash that is printed.
    pub digest_b64: String,
}

/// Digest of the canonical document, base64.
pub fn digest(documento: &SinFirma) -> String {
    b64::encode(&hash::sha256(documento.bytes()))
}

/// Canonical `ds:SignedInfo`, with the namespaces in scope of `raiz` on its start tag: what RSA
/// signs.
pub fn signed_info_canonico(raiz: Raiz, digest_b64: &str) -> Vec<u8> {
    let mut salida = Vec::with_capacity(1_100);
    salida.extend_from_slice(b"<ds:SignedInfo");
    for (nombre, uri) in raiz.espacios() {
        for parte in [" ", nombre, "=\"", uri, "\""] {
            salida.extend_from_slice(parte.as_bytes());
        }
    }
    salida.push(b'>');
    signed_info_cuerpo(&mut salida, digest_b64);
    salida
}

/// Children of SignedInfo and its end tag; the same bytes in the canonical form and in the file.
fn signed_info_cuerpo(salida: &mut Vec<u8>, digest_b64: &str) {
    let partes = [
        "<ds:CanonicalizationMethod Algorithm=\"",
        C14N,
        "\"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"",
        RSA_SHA256,
        "\"></ds:SignatureMethod><ds:Reference URI=\"\"><ds:Transforms><ds:Transform Algorithm=\"",
        ENVELOPED,
        "\"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm=\"",
        SHA256,
        "\"></ds:DigestMethod><ds:DigestValue>",
        digest_b64,
        "</ds:DigestValue></ds:Reference></ds:SignedInfo>",
    ];
    for parte in partes {
        salida.extend_from_slice(parte.as_bytes());
    }
}

/// The whole file: declaration, document, and the signature in its place.
fn insertar(documento: &SinFirma, digest_b64: &str, valor_b64: &str, certificado: &str) -> Vec<u8> {
    let (antes, despues) = documento.bytes.split_at(documento.hueco);
    let extra = DECLARACION.len() + certificado.len() + valor_b64.len() + 900;
    let mut xml = Vec::with_capacity(documento.bytes.len() + extra);
    let mut poner = |parte: &[u8]| xml.extend_from_slice(parte);
    poner(DECLARACION);
    poner(antes);
    poner(b"<ds:Signature Id=\"");
    poner(documento.id_firma.as_bytes());
    poner(b"\"><ds:SignedInfo>");
    signed_info_cuerpo(&mut xml, digest_b64);
    let mut poner = |parte: &[u8]| xml.extend_from_slice(parte);
    poner(b"<ds:SignatureValue>");
    poner(valor_b64.as_bytes());
    poner(b"</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>");
    poner(certificado.as_bytes());
    poner(b"</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>");
    poner(despues);
    xml
}
