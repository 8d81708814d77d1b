//! Key and certificate of an emisor, loaded and checked once, used from many threads. It does not
//! keep the key at rest: sealing it is the caller's.

use ramal_base::Instante;
use ramal_xml::{Certificado, Llave, NuevoCertificado, b64, self_signed};

use super::{FirmaError, Firmado, digest, insertar, signed_info_canonico};
use crate::escritura::SinFirma;

/// Signer of one RUC. `Debug` shows the certificate, never the key.
#[derive(Debug)]
pub struct FirmanteSunat {
    llave: Llave,
    certificado: Certificado,
    certificado_b64: String,
    desde: i64,
    hasta: i64,
}

impl FirmanteSunat {
    /// Joins a key and its certificate.
    ///
    /// Errors: `NoCorresponde`, `Corta`.
    pub fn new(llave: Llave, certificado: Certificado) -> Result<FirmanteSunat, FirmaError> {
        let bits = certificado.public_key_bits();
        if bits < 2048 {
            return Err(FirmaError::Corta(bits));
        }
        if !llave.matches(&certificado) {
            return Err(FirmaError::NoCorresponde);
        }
        Ok(FirmanteSunat {
            certificado_b64: certificado.base64(),
            desde: certificado.valid_from(),
            hasta: certificado.valid_to(),
            llave,
            certificado,
        })
    }

    /// From PEM: key (plain or encrypted) and certificate, in one text or two.
    ///
    /// Errors: `Llave`, `NoCorresponde`, `Corta`.
    pub fn from_pem(
        llave: &str,
        certificado: &str,
        clave: Option<&str>,
    ) -> Result<FirmanteSunat, FirmaError> {
        FirmanteSunat::new(Llave::from_pem(llave, clave)?, Certificado::from_pem(certificado)?)
    }

    /// From the parts that are kept sealed: key as PKCS#8 DER, certificate as DER.
    ///
    /// Errors: `Llave`, `NoCorresponde`, `Corta`.
    pub fn from_der(llave_pkcs8: &[u8], certificado: &[u8]) -> Result<FirmanteSunat, FirmaError> {
        let llave = Llave::from_pkcs8_der(llave_pkcs8)?;
        FirmanteSunat::new(llave, Certificado::from_der(certificado)?)
    }

    /// From a PKCS#12 file (`.p12`, `.pfx`).
    ///
    /// Errors: `Llave`, `NoCorresponde`, `Corta`.
    pub fn from_p12(bytes: &[u8], clave: &str) -> Result<FirmanteSunat, FirmaError> {
        let (llave, certificado) = Llave::from_p12(bytes, clave)?;
        FirmanteSunat::new(llave, certificado)
    }

    /// Self-signed test certificate, which SUNAT's beta accepts; its RUC is the subject's OU.
    ///
    /// Units: milliseconds since 1970 UTC. Errors: `Llave`.
    pub fn prueba(
        ruc: &str,
        razon_social: &str,
        desde_ms: i64,
        hasta_ms: i64,
        serial: Vec<u8>,
    ) -> Result<FirmanteSunat, FirmaError> {
        let texto = |t: &str| t.to_owned();
        let datos = NuevoCertificado {
            subject: vec![
                (texto("2.5.4.6"), texto("PE")),
                (texto("2.5.4.10"), texto(razon_social)),
                (texto("2.5.4.11"), texto(ruc)),
                (texto("2.5.4.3"), texto(razon_social)),
            ],
            serial,
            not_before_ms: desde_ms,
            not_after_ms: hasta_ms,
        };
        let llave = Llave::generate(2048)?;
        let certificado = self_signed(&llave, &datos)?;
        FirmanteSunat::new(llave, certificado)
    }

    /// Checks that the certificate names `ruc` (OU, serialNumber or any other part of the
    /// subject) and is in force.
    ///
    /// Errors: `OtroRuc`, `NoVigente`.
    pub fn comprobar(&self, ruc: &str, ahora: Instante) -> Result<(), FirmaError> {
        if !nombra_ruc(&self.certificado, ruc) {
            return Err(FirmaError::OtroRuc(ruc.to_owned()));
        }
        self.comprobar_vigencia(ahora)
    }

    fn comprobar_vigencia(&self, ahora: Instante) -> Result<(), FirmaError> {
        if (self.desde..=self.hasta).contains(&ahora.millis()) {
            return Ok(());
        }
        Err(FirmaError::NoVigente)
    }

    /// Signs a document; the result is frozen: what was signed is what is sent.
    ///
    /// Errors: `NoVigente` outside the certificate's validity. Source: §14.
    pub fn firmar(&self, documento: &SinFirma, ahora: Instante) -> Result<Firmado, FirmaError> {
        self.comprobar_vigencia(ahora)?;
        let digest_b64 = digest(documento);
        let mensaje = signed_info_canonico(documento.raiz, &digest_b64);
        let valor = b64::encode(&self.llave.sign_sha256(&mensaje));
        let xml = insertar(documento, &digest_b64, &valor, &self.certificado_b64);
        Ok(Firmado { xml, digest_b64 })
    }

    /// Certificate, without its key.
    pub fn certificado(&self) -> &Certificado {
        &self.certificado
    }

    /// Private key as PKCS#8 DER, to be sealed at once. Secret.
    pub fn llave_pkcs8_der(&self) -> Vec<u8> {
        self.llave.to_pkcs8_der()
    }

    /// Last instant in force.
    pub fn vence(&self) -> Instante {
        Instante::from_millis(self.hasta)
    }

    /// Whole days from `ahora` to the expiry; negative once expired. The owner is warned at 60,
    /// 30 and 7.
    pub fn dias_para_vencer(&self, ahora: Instante) -> i64 {
        (self.hasta - ahora.millis()).div_euclid(86_400_000)
    }
}

/// Whether some attribute of the subject holds the RUC as a number of its own (`20…`, `RUC-20…`,
/// `20… - NOMBRE`).
pub(crate) fn nombra_ruc(certificado: &Certificado, ruc: &str) -> bool {
    let es_ruc = |parte: &str| parte == ruc;
    certificado
        .subject()
        .iter()
        .any(|(_, valor)| valor.split(|c: char| !c.is_ascii_digit()).any(es_ruc))
}
