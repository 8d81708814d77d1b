//! X.509 certificates: what the authorities ask of them, checking signatures with their key, and
//! making self-signed ones for trials.
//!
//! It does not follow chains of issuers nor revocation lists, and it takes no clock: whoever asks
//! whether a certificate is in force compares its dates with the instant that matters.

use aws_lc_rs::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA512, RsaParameters, UnparsedPublicKey,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use x509_parser::prelude::{AttributeTypeAndValue, FromDer, X509Certificate, X509Name};
use x509_parser::public_key::PublicKey;

use crate::llave::{Llave, LlaveError};
use crate::{b64, der, pem};

const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
const SHA1_WITH_RSA: &str = "1.2.840.113549.1.1.5";
const SHA512_WITH_RSA: &str = "1.2.840.113549.1.1.13";
const SHA256_WITH_RSA: &str = "1.2.840.113549.1.1.11";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const KEY_USAGE: &str = "2.5.29.15";
const COUNTRY: &str = "2.5.4.6";
const SERIAL_NUMBER: &str = "2.5.4.5";
const EMAIL: &str = "1.2.840.113549.1.9.1";

/// A certificate with an RSA key, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificado {
    der: Vec<u8>,
    serial: Vec<u8>,
    subject: Vec<(String, String)>,
    issuer: Vec<(String, String)>,
    valid_from_ms: i64,
    valid_to_ms: i64,
    public_key: Vec<u8>,
    public_key_bits: usize,
}

/// What a self-signed certificate will say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NuevoCertificado {
    /// Names of the owner as (dotted OID, value), in the order they are written.
    pub subject: Vec<(String, String)>,
    /// Big-endian bytes of the serial number; SAT's are 20 ASCII digits.
    pub serial: Vec<u8>,
    /// First instant in force, milliseconds since 1970 UTC; seconds are kept.
    pub not_before_ms: i64,
    /// Last instant in force, milliseconds since 1970 UTC; seconds are kept.
    pub not_after_ms: i64,
}

impl Certificado {
    /// A certificate from DER: a `.cer` file.
    ///
    /// Errors: `LlaveError::Certificado`.
    pub fn from_der(bytes: &[u8]) -> Result<Certificado, LlaveError> {
        let (rest, parsed) = X509Certificate::from_der(bytes)
            .map_err(|_| LlaveError::Certificado("not an X.509 certificate"))?;
        if !rest.is_empty() {
            return Err(LlaveError::Certificado("bytes after the certificate"));
        }
        let key = parsed.public_key();
        let Ok(PublicKey::RSA(rsa)) = key.parsed() else {
            return Err(LlaveError::Certificado("its key is not RSA"));
        };
        let validity = parsed.validity();
        Ok(Certificado {
            der: bytes.to_vec(),
            serial: parsed.raw_serial().to_vec(),
            subject: names(parsed.subject()),
            issuer: names(parsed.issuer()),
            valid_from_ms: validity.not_before.timestamp().saturating_mul(1000),
            valid_to_ms: validity.not_after.timestamp().saturating_mul(1000),
            public_key: key.subject_public_key.data.to_vec(),
            public_key_bits: rsa.key_size(),
        })
    }

    /// The first certificate of a PEM text.
    ///
    /// Errors: `LlaveError::Certificado`.
    pub fn from_pem(text: &str) -> Result<Certificado, LlaveError> {
        let (_, bytes) = pem::find(text, |label| label == "CERTIFICATE")
            .ok_or(LlaveError::Certificado("no certificate in the PEM text"))?;
        Certificado::from_der(&bytes)
    }

    /// A certificate from either form, as people upload them.
    ///
    /// Errors: `LlaveError::Certificado`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Certificado, LlaveError> {
        match std::str::from_utf8(bytes) {
            Ok(text) if text.contains("-----BEGIN ") => Certificado::from_pem(text),
            _ => Certificado::from_der(bytes),
        }
    }

    /// The bytes it was read from.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its DER in base64, padded, one line: the `Certificado` attribute of a CFDI and the
    /// `X509Certificate` of a signature.
    pub fn base64(&self) -> String {
        b64::encode(&self.der)
    }

    /// Content octets of the serial number, as in the DER.
    pub fn serial_bytes(&self) -> &[u8] {
        &self.serial
    }

    /// SAT's certificate number: the serial bytes read as ASCII, when they are 20 digits.
    ///
    /// Source: SAT's CSD files.
    pub fn numero(&self) -> Option<String> {
        let is_numero = self.serial.len() == 20 && self.serial.iter().all(u8::is_ascii_digit);
        is_numero.then(|| self.serial.iter().map(|&b| char::from(b)).collect())
    }

    /// Serial number in decimal, as `X509SerialNumber` writes it.
    pub fn serial_decimal(&self) -> String {
        decimal(&self.serial)
    }

    /// Names of the owner as (dotted OID, value), in the order of the certificate.
    pub fn subject(&self) -> &[(String, String)] {
        &self.subject
    }

    /// First name of the owner with that dotted OID.
    pub fn subject_value(&self, oid: &str) -> Option<&str> {
        self.subject.iter().find(|(key, _)| key == oid).map(|(_, value)| value.as_str())
    }

    /// Names of the owner on one line.
    pub fn subject_text(&self) -> String {
        one_line(&self.subject)
    }

    /// Names of the issuer as (dotted OID, value), in the order of the certificate.
    pub fn issuer(&self) -> &[(String, String)] {
        &self.issuer
    }

    /// Names of the issuer on one line, `CN=..., O=...`, in the order of the certificate.
    pub fn issuer_text(&self) -> String {
        one_line(&self.issuer)
    }

    /// First instant in force, milliseconds since 1970 UTC.
    pub fn valid_from(&self) -> i64 {
        self.valid_from_ms
    }

    /// Last instant in force, milliseconds since 1970 UTC.
    pub fn valid_to(&self) -> i64 {
        self.valid_to_ms
    }

    /// Whether it is in force at `instant_ms`, milliseconds since 1970 UTC; both ends included.
    pub fn is_valid_at(&self, instant_ms: i64) -> bool {
        // The last second counts whole: certificates carry seconds, not milliseconds.
        self.valid_from_ms <= instant_ms && instant_ms < self.valid_to_ms.saturating_add(1000)
    }

    /// Whether it says that it signed itself and its signature does not verify: somebody changed
    /// it. One that another issuer signed is never said to be altered.
    pub fn is_altered(&self) -> bool {
        let Ok((_, parsed)) = X509Certificate::from_der(&self.der) else { return true };
        if parsed.subject().as_raw() != parsed.issuer().as_raw() {
            return false;
        }
        let (tbs, signature) = (parsed.tbs_certificate.as_ref(), &parsed.signature_value.data);
        match parsed.signature_algorithm.algorithm.to_id_string().as_str() {
            SHA1_WITH_RSA => !self.verify_sha1(tbs, signature),
            SHA256_WITH_RSA => !self.verify_sha256(tbs, signature),
            SHA512_WITH_RSA => !self.verify_sha512(tbs, signature),
            _ => false,
        }
    }

    /// PKCS#1 `RSAPublicKey`, DER.
    pub fn public_key_der(&self) -> &[u8] {
        &self.public_key
    }

    /// Size of its RSA modulus.
    pub fn public_key_bits(&self) -> usize {
        self.public_key_bits
    }

    /// Whether `signature` is RSASSA-PKCS1-v1_5 with SHA-256 of `message` by its key.
    pub fn verify_sha256(&self, message: &[u8], signature: &[u8]) -> bool {
        self.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
    }

    /// Whether `signature` is RSASSA-PKCS1-v1_5 with SHA-512 of `message` by its key.
    pub fn verify_sha512(&self, message: &[u8], signature: &[u8]) -> bool {
        self.verify(&RSA_PKCS1_2048_8192_SHA512, message, signature)
    }

    /// Whether `signature` is RSASSA-PKCS1-v1_5 with SHA-1 of `message` by its key. For
    /// cancellations and old documents, whose keys may have 1024 bits.
    pub fn verify_sha1(&self, message: &[u8], signature: &[u8]) -> bool {
        self.verify(&RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, message, signature)
    }

    fn verify(&self, how: &'static RsaParameters, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(how, &self.public_key).verify(message, signature).is_ok()
    }
}

/// A certificate for `llave`, signed by itself with SHA-256: not an authority, `digitalSignature`
/// and `nonRepudiation`. For trials, demos and the emulators.
///
/// Errors: `Generacion` when a name, the serial or a date cannot be written.
/// Source: RFC 5280.
pub fn self_signed(llave: &Llave, datos: &NuevoCertificado) -> Result<Certificado, LlaveError> {
    if datos.serial.iter().all(|&b| b == 0) {
        return Err(LlaveError::Generacion("the serial number is zero"));
    }
    let algorithm = algorithm(SHA256_WITH_RSA)?;
    let name = name(&datos.subject)?;
    let validity = der::sequence(&[&time(datos.not_before_ms)?, &time(datos.not_after_ms)?]);
    let key = der::sequence(&[&self::algorithm(RSA_ENCRYPTION)?, &der::bits(llave.public_der())]);
    let tbs = der::sequence(&[
        &der::tlv(0xA0, &der::unsigned(&[2])),
        &der::unsigned(&datos.serial),
        &algorithm,
        &name,
        &validity,
        &name,
        &key,
        &der::tlv(0xA3, &extensions()?),
    ]);
    let signature = der::bits(&llave.sign_sha256(&tbs));
    Certificado::from_der(&der::sequence(&[&tbs, &algorithm, &signature]))
}

fn oid(dotted: &str) -> Result<Vec<u8>, LlaveError> {
    der::oid(dotted).ok_or(LlaveError::Generacion("a name has no valid object identifier"))
}

fn algorithm(dotted: &str) -> Result<Vec<u8>, LlaveError> {
    Ok(der::sequence(&[&oid(dotted)?, &der::tlv(der::NULL, &[])]))
}

fn name(subject: &[(String, String)]) -> Result<Vec<u8>, LlaveError> {
    let mut content = Vec::new();
    for (dotted, value) in subject {
        let tag = match dotted.as_str() {
            COUNTRY | SERIAL_NUMBER if value.is_ascii() => der::PRINTABLE_STRING,
            EMAIL if value.is_ascii() => der::IA5_STRING,
            _ => der::UTF8_STRING,
        };
        let pair = der::sequence(&[&oid(dotted)?, &der::tlv(tag, value.as_bytes())]);
        content.extend(der::tlv(der::SET, &pair));
    }
    Ok(der::tlv(der::SEQUENCE, &content))
}

// RFC 5280, 4.1.2.5: two-digit years up to 2049, four digits from 2050.
fn time(instant_ms: i64) -> Result<Vec<u8>, LlaveError> {
    let instant = Timestamp::from_millisecond(instant_ms)
        .map_err(|_| LlaveError::Generacion("a date is out of range"))?;
    let instant = instant.to_zoned(TimeZone::UTC);
    let text = instant.strftime("%Y%m%d%H%M%SZ").to_string();
    match instant.year() {
        1950..=2049 => Ok(der::tlv(der::UTC_TIME, &text.as_bytes()[2..])),
        0..=9999 => Ok(der::tlv(der::GENERALIZED_TIME, text.as_bytes())),
        _ => Err(LlaveError::Generacion("a date is out of range")),
    }
}

fn extensions() -> Result<Vec<u8>, LlaveError> {
    let basic = der::tlv(der::OCTET_STRING, &der::sequence(&[]));
    // Two bits set, digitalSignature and nonRepudiation; six unused.
    let usage = der::tlv(der::OCTET_STRING, &der::tlv(der::BIT_STRING, &[6, 0xC0]));
    Ok(der::sequence(&[
        &der::sequence(&[&oid(BASIC_CONSTRAINTS)?, &basic]),
        &der::sequence(&[&oid(KEY_USAGE)?, &usage]),
    ]))
}

fn names(name: &X509Name<'_>) -> Vec<(String, String)> {
    name.iter_attributes().map(|pair| (pair.attr_type().to_id_string(), value(pair))).collect()
}

fn value(pair: &AttributeTypeAndValue<'_>) -> String {
    let any = pair.attr_value();
    match any.tag().0 {
        // BMPString, T61String and BIT STRING, which the library leaves undecoded.
        30 => {
            let units: Vec<u16> =
                any.data.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        20 => any.data.iter().map(|&b| char::from(b)).collect(),
        3 => String::from_utf8_lossy(any.data.get(1..).unwrap_or_default()).into_owned(),
        _ => String::from_utf8_lossy(any.data).into_owned(),
    }
}

fn one_line(names: &[(String, String)]) -> String {
    let parts: Vec<String> = names.iter().map(|(oid, v)| format!("{}={v}", label(oid))).collect();
    parts.join(", ")
}

fn label(oid: &str) -> &str {
    match oid {
        "2.5.4.3" => "CN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "street",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.17" => "postalCode",
        "2.5.4.41" => "name",
        "2.5.4.45" => "x500UniqueIdentifier",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "1.2.840.113549.1.9.2" => "unstructuredName",
        other => other,
    }
}

// Long division by ten over base-256 digits; serial numbers have some twenty bytes.
fn decimal(bytes: &[u8]) -> String {
    let mut digits = vec![0_u8];
    for &byte in bytes {
        let mut carry = u32::from(byte);
        for digit in &mut digits {
            carry += u32::from(*digit) * 256;
            // The remainder is below ten, so the cast loses nothing.
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    digits.iter().rev().map(|&digit| char::from(b'0' + digit)).collect()
}
