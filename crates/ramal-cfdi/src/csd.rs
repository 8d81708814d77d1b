//! Certificate of digital seal (CSD): loading, every check that can be made without the SAT, and a
//! look-alike for tests and emulated companies. It keeps no password and prints no key.

use ramal_xml::certificado::{Certificado, NuevoCertificado, self_signed};
use ramal_xml::llave::{Llave, LlaveError};

use crate::texto::Texto;

const OID_CN: &str = "2.5.4.3";
const OID_SERIAL_NUMBER: &str = "2.5.4.5";
const OID_O: &str = "2.5.4.10";
const OID_OU: &str = "2.5.4.11";
const OID_NAME: &str = "2.5.4.41";
const OID_UNIQUE_ID: &str = "2.5.4.45";

/// Days before the end of validity from which the owner is warned.
const AVISO_DIAS: i64 = 30;
const DIA_MS: i64 = 86_400_000;

/// Why a certificate or its key was refused. Each message says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsdError {
    /// The `.cer` is not an X.509 certificate.
    #[error("el archivo .cer no es un certificado; suba el .cer que entregó el SAT, sin convertir")]
    CertificadoIlegible,
    /// Wrong password, or the `.key` is damaged.
    #[error("la contraseña no abre la llave .key; es la de la llave privada del CSD, no la CIEC")]
    ContrasenaIncorrecta,
    /// The `.key` is no private key at all.
    #[error("el archivo .key no es una llave privada; suba el .key que acompaña al certificado")]
    LlaveIlegible,
    /// The key belongs to another certificate.
    #[error("la llave .key no corresponde al certificado .cer; suba el par que se generó junto")]
    LlaveAjena,
    /// A FIEL (e.firma), which must not seal invoices.
    #[error(
        "es una e.firma (FIEL), no un certificado de sello digital; genere un CSD en Certifica"
    )]
    EsFiel,
    /// The serial number is not 20 digits: not a certificate of the SAT.
    #[error("el número de certificado no tiene 20 dígitos; no es un certificado del SAT")]
    NumeroInvalido,
    /// The subject carries no RFC.
    #[error("el certificado no dice de qué RFC es; no es un certificado del SAT")]
    SinRfc,
    /// The certificate is of another taxpayer.
    #[error("el certificado es de {certificado} y el emisor es {emisor}; suba el CSD del emisor")]
    RfcDistinto {
        /// RFC in the certificate.
        certificado: String,
        /// RFC of the company.
        emisor: String,
    },
    /// Validity is over.
    #[error("el certificado ya venció; renuévelo en el SAT y súbalo de nuevo")]
    Vencido,
    /// Validity has not begun.
    #[error("el certificado todavía no empieza a valer; revise la fecha del servidor o espere")]
    AunNoVigente,
    /// A test certificate could not be made.
    #[error("no se pudo generar el certificado de prueba")]
    Generacion,
}

/// What a valid certificate still deserves to be told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vigencia {
    /// More than 30 days left.
    Vigente,
    /// Ends soon.
    PorVencer {
        /// Whole days left.
        dias: i64,
    },
}

/// A certificate with its key, ready to seal. The base64 text is made once, not per document.
pub struct Csd {
    llave: Llave,
    certificado: Certificado,
    datos: DatosCertificado,
    base64: String,
}

impl std::fmt::Debug for Csd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Csd").field("datos", &self.datos).finish_non_exhaustive()
    }
}

/// What a certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DatosCertificado {
    /// 20 digits when the SAT issued it; otherwise the serial in hexadecimal.
    pub numero: String,
    /// RFC of the owner; empty if the subject has none.
    pub rfc: String,
    /// Registered name; empty if the subject has none.
    pub nombre: String,
    /// True if it has a branch name (OU), which a CSD has and a FIEL has not.
    pub es_csd: bool,
    /// Start of validity, milliseconds UTC.
    pub desde_ms: i64,
    /// End of validity, milliseconds UTC.
    pub hasta_ms: i64,
}

impl DatosCertificado {
    /// Reads the fields of a certificate; nothing is checked.
    pub fn of(certificado: &Certificado) -> DatosCertificado {
        let campo = |oid: &str| {
            let par = certificado.subject().iter().find(|(o, _)| o == oid);
            par.map_or("", |(_, valor)| valor.trim()).to_owned()
        };
        let unico = campo(OID_UNIQUE_ID);
        let rfc = unico.split('/').next().unwrap_or("").trim().to_uppercase();
        let nombre = [OID_NAME, OID_CN, OID_O].map(campo).into_iter().find(|n| !n.is_empty());
        let hex = || crate::texto::hex(certificado.serial_bytes());
        DatosCertificado {
            numero: certificado.numero().unwrap_or_else(hex),
            rfc,
            nombre: nombre.unwrap_or_default(),
            es_csd: !campo(OID_OU).is_empty(),
            desde_ms: certificado.valid_from(),
            hasta_ms: certificado.valid_to(),
        }
    }

    /// True if the number is the 20 digits of the SAT.
    pub fn has_numero_sat(&self) -> bool {
        self.numero.len() == 20 && self.numero.bytes().all(|b| b.is_ascii_digit())
    }

    /// True if `ahora_ms` falls inside the validity.
    pub fn is_vigente(&self, ahora_ms: i64) -> bool {
        (self.desde_ms..=self.hasta_ms).contains(&ahora_ms)
    }
}

impl Csd {
    /// Opens a `.cer` (DER) and its `.key` (encrypted PKCS#8 DER) as the SAT delivers them.
    ///
    /// Errors: `CertificadoIlegible`, `ContrasenaIncorrecta`, `LlaveIlegible` and those of
    /// [`Csd::from_parts`]. Dates and owner are checked by [`Csd::check`], because they depend on
    /// today and on the company.
    pub fn load(cer: &[u8], key: &[u8], contrasena: &str) -> Result<Csd, CsdError> {
        let certificado = read_certificado(cer)?;
        let llave = Llave::from_pkcs8_encrypted_der(key, contrasena).map_err(|e| match e {
            LlaveError::Contrasena => CsdError::ContrasenaIncorrecta,
            _ => CsdError::LlaveIlegible,
        })?;
        Csd::from_llave(certificado, llave)
    }

    /// Builds from a certificate and a key in clear (PKCS#8 DER), as they come out of the sealed
    /// secrets.
    ///
    /// Errors: `CertificadoIlegible`, `LlaveIlegible`, `LlaveAjena`, `EsFiel`, `NumeroInvalido`,
    /// `SinRfc`.
    pub fn from_parts(cer: &[u8], llave_pkcs8: &[u8]) -> Result<Csd, CsdError> {
        let certificado = read_certificado(cer)?;
        let llave = Llave::from_pkcs8_der(llave_pkcs8).map_err(|_| CsdError::LlaveIlegible)?;
        Csd::from_llave(certificado, llave)
    }

    /// Joins a certificate and a key already read. Errors: those of [`Csd::from_parts`].
    pub fn from_llave(certificado: Certificado, llave: Llave) -> Result<Csd, CsdError> {
        let datos = DatosCertificado::of(&certificado);
        if !llave.matches(&certificado) {
            return Err(CsdError::LlaveAjena);
        }
        if !datos.has_numero_sat() {
            return Err(CsdError::NumeroInvalido);
        }
        if datos.rfc.is_empty() {
            return Err(CsdError::SinRfc);
        }
        if !datos.es_csd {
            return Err(CsdError::EsFiel);
        }
        let base64 = certificado.base64();
        Ok(Csd { llave, certificado, datos, base64 })
    }

    /// Checks owner and validity at `ahora_ms` (UTC). Errors: `RfcDistinto`, `Vencido`,
    /// `AunNoVigente`.
    pub fn check(&self, rfc_emisor: &str, ahora_ms: i64) -> Result<Vigencia, CsdError> {
        if self.datos.rfc != rfc_emisor {
            let (certificado, emisor) = (self.datos.rfc.clone(), rfc_emisor.to_owned());
            return Err(CsdError::RfcDistinto { certificado, emisor });
        }
        if ahora_ms < self.datos.desde_ms {
            return Err(CsdError::AunNoVigente);
        }
        if ahora_ms > self.datos.hasta_ms {
            return Err(CsdError::Vencido);
        }
        let dias = (self.datos.hasta_ms - ahora_ms) / DIA_MS;
        Ok(if dias < AVISO_DIAS { Vigencia::PorVencer { dias } } else { Vigencia::Vigente })
    }

    /// What the certificate says.
    pub fn datos(&self) -> &DatosCertificado {
        &self.datos
    }

    /// NoCertificado: 20 digits.
    pub fn no_certificado(&self) -> &str {
        &self.datos.numero
    }

    /// Certificado as the attribute carries it: base64 of the DER in one line.
    pub fn certificado_base64(&self) -> &str {
        &self.base64
    }

    /// The certificate.
    pub fn certificado(&self) -> &Certificado {
        &self.certificado
    }

    /// The key; only for signing.
    pub fn llave(&self) -> &Llave {
        &self.llave
    }

    /// `.cer` and `.key` as the SAT delivers them, the key under `contrasena`. Errors:
    /// `Generacion`.
    pub fn to_archivos(&self, contrasena: &str) -> Result<(Vec<u8>, Vec<u8>), CsdError> {
        let key =
            self.llave.to_pkcs8_encrypted_der(contrasena).map_err(|_| CsdError::Generacion)?;
        Ok((self.certificado.der().to_vec(), key))
    }

    /// DER of the certificate and PKCS#8 DER of the key in clear: to be sealed before they are
    /// stored anywhere.
    pub fn to_parts(&self) -> (Vec<u8>, Vec<u8>) {
        (self.certificado.der().to_vec(), self.llave.to_pkcs8_der())
    }
}

fn read_certificado(cer: &[u8]) -> Result<Certificado, CsdError> {
    if let Ok(certificado) = Certificado::from_der(cer) {
        return Ok(certificado);
    }
    let texto = std::str::from_utf8(cer).map_err(|_| CsdError::CertificadoIlegible)?;
    Certificado::from_pem(texto).map_err(|_| CsdError::CertificadoIlegible)
}

/// Identity of a look-alike certificate.
#[derive(Clone, Debug)]
pub struct DatosPrueba {
    /// RFC of the owner.
    pub rfc: Texto,
    /// Registered name.
    pub razon_social: Texto,
    /// Start of validity, milliseconds UTC.
    pub desde_ms: i64,
    /// End of validity, milliseconds UTC.
    pub hasta_ms: i64,
    /// Last digits of the certificate number; it becomes `30001000000500` and six digits.
    pub consecutivo: u32,
}

impl Csd {
    /// Makes a look-alike CSD with a new RSA-2048 key: nobody outside accepts it, everything inside
    /// works with it.
    ///
    /// Errors: `Generacion`. It takes some tenths of a second.
    pub fn prueba(datos: &DatosPrueba) -> Result<Csd, CsdError> {
        let llave = Llave::generate(2048).map_err(|_| CsdError::Generacion)?;
        Csd::prueba_con_llave(datos, llave)
    }

    /// The same with a given key, for tests that must be fast or repeatable. Errors: `Generacion`.
    pub fn prueba_con_llave(datos: &DatosPrueba, llave: Llave) -> Result<Csd, CsdError> {
        let certificado = certificado_de_prueba(datos, &llave, ConSucursal::Si)?;
        Csd::from_llave(certificado, llave)
    }
}

/// Whether a look-alike carries the branch name that tells a CSD from a FIEL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConSucursal {
    /// A CSD.
    Si,
    /// A FIEL.
    No,
}

/// A self-signed certificate with the subject of the SAT's. Errors: `Generacion`.
pub fn certificado_de_prueba(
    datos: &DatosPrueba,
    llave: &Llave,
    sucursal: ConSucursal,
) -> Result<Certificado, CsdError> {
    let nombre = datos.razon_social.to_string();
    let mut subject = vec![
        (OID_CN.to_owned(), nombre.clone()),
        (OID_NAME.to_owned(), nombre.clone()),
        (OID_O.to_owned(), nombre),
        (OID_UNIQUE_ID.to_owned(), format!("{0} / {0}", datos.rfc)),
        (OID_SERIAL_NUMBER.to_owned(), " / ".to_owned()),
    ];
    if sucursal == ConSucursal::Si {
        subject.push((OID_OU.to_owned(), "Sucursal de prueba".to_owned()));
    }
    let serial = format!("30001000000500{:06}", datos.consecutivo % 1_000_000).into_bytes();
    let (not_before_ms, not_after_ms) = (datos.desde_ms, datos.hasta_ms);
    let nuevo = NuevoCertificado { subject, serial, not_before_ms, not_after_ms };
    self_signed(llave, &nuevo).map_err(|_| CsdError::Generacion)
}
