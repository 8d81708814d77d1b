//! RSA private keys of the issuer: opening them from the files that the authorities and the
//! certificate shops hand out, and signing with them.
//!
//! It does not store keys: whoever keeps one keeps it encrypted. Nothing here prints key material.

use std::fmt;
use std::panic::catch_unwind;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair};
use p12_keystore::KeyStore;
use pkcs8::pkcs5::{self, pbes2};
use pkcs8::{DecodePrivateKey, EncryptedPrivateKeyInfo, PrivateKeyInfo};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};

use crate::certificado::Certificado;
use crate::{der, hash, pem};

// SAT's own parameters for `.key` files.
const SAT_ITERATIONS: u32 = 2048;
// A file may ask for a hundred million rounds; an honest one asks for thousands.
const MAX_ITERATIONS: u32 = 2_000_000;
const SHA1_DIGEST_INFO: [u8; 15] =
    [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14];

/// Why a key or a certificate was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LlaveError {
    /// The password does not open the file.
    #[error("the password does not open the key")]
    Contrasena,
    /// The file is encrypted and no password was given.
    #[error("the key is encrypted and needs a password")]
    FaltaContrasena,
    /// The file is not what it should be, or is cut.
    #[error("the key file is not readable: {0}")]
    Formato(&'static str),
    /// Encrypted in a way that is not accepted.
    #[error("the key is encrypted with an unsupported algorithm")]
    Algoritmo,
    /// A key that is not RSA, or is shorter than 2048 or longer than 8192 bits.
    #[error("the key is not an RSA key of 2048 to 8192 bits")]
    NoEsRsa,
    /// The certificate is not readable X.509, or its key is not RSA.
    #[error("the certificate is not readable: {0}")]
    Certificado(&'static str),
    /// A PKCS#12 file without a key joined to its certificate.
    #[error("the file holds no key with its certificate")]
    SinCertificado,
    /// The system could not make a key or the requested certificate cannot be written.
    #[error("generation failed: {0}")]
    Generacion(&'static str),
}

impl LlaveError {
    /// Stable code of this refusal, key of its message to people.
    pub fn code(&self) -> &'static str {
        match self {
            LlaveError::Contrasena => "llave_contrasena",
            LlaveError::FaltaContrasena => "llave_falta_contrasena",
            LlaveError::Formato(_) => "llave_formato",
            LlaveError::Algoritmo => "llave_algoritmo",
            LlaveError::NoEsRsa => "llave_no_es_rsa",
            LlaveError::Certificado(_) => "certificado_formato",
            LlaveError::SinCertificado => "llave_sin_certificado",
            LlaveError::Generacion(_) => "llave_generacion",
        }
    }
}

/// RSA private key of 2048 bits or more, ready to sign from many threads.
pub struct Llave {
    pair: RsaKeyPair,
}

impl fmt::Debug for Llave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Llave").field("bits", &(self.pair.public_modulus_len() * 8)).finish()
    }
}

impl Llave {
    /// A key from an unencrypted PKCS#8 `PrivateKeyInfo`, DER.
    ///
    /// Errors: `Formato`, `NoEsRsa`.
    pub fn from_pkcs8_der(bytes: &[u8]) -> Result<Llave, LlaveError> {
        PrivateKeyInfo::try_from(bytes).map_err(|_| LlaveError::Formato("not PKCS#8"))?;
        let pair = RsaKeyPair::from_pkcs8(bytes).map_err(|_| LlaveError::NoEsRsa)?;
        Ok(Llave { pair })
    }

    /// A key from a PKCS#8 `EncryptedPrivateKeyInfo`, DER: the `.key` file of SAT.
    ///
    /// PBES2 with PBKDF2 (HMAC-SHA1 or SHA-2) and 3DES or AES. Errors: `Contrasena` when the file
    /// is sound and the password is not; `Formato`, `Algoritmo`, `NoEsRsa`.
    /// Source: SAT's CSD files; RFC 5958, RFC 8018.
    pub fn from_pkcs8_encrypted_der(bytes: &[u8], password: &str) -> Result<Llave, LlaveError> {
        check_pbes2(bytes)?;
        let info = EncryptedPrivateKeyInfo::try_from(bytes)
            .map_err(|_| LlaveError::Formato("not an encrypted PKCS#8"))?;
        let opened = info.decrypt(password).map_err(|error| match error {
            pkcs8::Error::EncryptedPrivateKey(
                pkcs5::Error::UnsupportedAlgorithm { .. }
                | pkcs5::Error::AlgorithmParametersInvalid { .. }
                | pkcs5::Error::NoPbes1CryptSupport,
            ) => LlaveError::Algoritmo,
            // One wrong password in 256 ends in good padding over rubbish, which is not DER.
            _ => LlaveError::Contrasena,
        })?;
        Llave::from_pkcs8_der(opened.as_bytes())
    }

    /// A key from PEM: PKCS#8 (plain or encrypted) or the older `RSA PRIVATE KEY`.
    ///
    /// Errors: as the DER forms, and `FaltaContrasena`.
    pub fn from_pem(text: &str, password: Option<&str>) -> Result<Llave, LlaveError> {
        let (label, bytes) = pem::find(text, |label| label.ends_with("PRIVATE KEY"))
            .ok_or(LlaveError::Formato("no private key in the PEM text"))?;
        match (label.as_str(), password) {
            ("PRIVATE KEY", _) => Llave::from_pkcs8_der(&bytes),
            ("ENCRYPTED PRIVATE KEY", Some(password)) => {
                Llave::from_pkcs8_encrypted_der(&bytes, password)
            }
            ("ENCRYPTED PRIVATE KEY", None) => Err(LlaveError::FaltaContrasena),
            ("RSA PRIVATE KEY", _) => {
                let pair = RsaKeyPair::from_der(&bytes).map_err(|_| LlaveError::NoEsRsa)?;
                Ok(Llave { pair })
            }
            _ => Err(LlaveError::NoEsRsa),
        }
    }

    /// The key and its certificate from a PKCS#12 file (`.p12`, `.pfx`), modern or legacy.
    ///
    /// Errors: `Contrasena`, `Formato`, `SinCertificado`, `NoEsRsa`, `Certificado`.
    pub fn from_p12(bytes: &[u8], password: &str) -> Result<(Llave, Certificado), LlaveError> {
        der::content(bytes, der::SEQUENCE).ok_or(LlaveError::Formato("not PKCS#12"))?;
        // The library below indexes some fields unchecked; a crafted file must not end the thread.
        let store = catch_unwind(|| KeyStore::from_pkcs12(bytes, password))
            .map_err(|_| LlaveError::Formato("broken PKCS#12"))?
            .map_err(|error| p12_error(&error))?;
        let (_, chain) = store.private_key_chain().ok_or(LlaveError::SinCertificado)?;
        let leaf = chain.chain().first().ok_or(LlaveError::SinCertificado)?;
        Ok((Llave::from_pkcs8_der(chain.key())?, Certificado::from_der(leaf.as_der())?))
    }

    /// A new key of `bits`: 2048, 3072 or 4096.
    ///
    /// Errors: `Generacion`.
    pub fn generate(bits: usize) -> Result<Llave, LlaveError> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            _ => return Err(LlaveError::Generacion("size is not 2048, 3072 or 4096 bits")),
        };
        let pair =
            RsaKeyPair::generate(size).map_err(|_| LlaveError::Generacion("no key was made"))?;
        Ok(Llave { pair })
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 over `message`. The same message gives the same bytes.
    pub fn sign_sha256(&self, message: &[u8]) -> Vec<u8> {
        self.sign(&RSA_PKCS1_SHA256, message)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-512 over `message`.
    pub fn sign_sha512(&self, message: &[u8]) -> Vec<u8> {
        self.sign(&RSA_PKCS1_SHA512, message)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-1 over `message`, which only SAT's cancellation demands. Slower
    /// than the others by an order of magnitude: another library signs, with blinding.
    pub fn sign_sha1(&self, message: &[u8]) -> Vec<u8> {
        let key = RsaPrivateKey::from_pkcs8_der(&self.to_pkcs8_der());
        let padding = Pkcs1v15Sign { hash_len: Some(20), prefix: SHA1_DIGEST_INFO.into() };
        let digest = hash::sha1(message);
        let signed = key.map_err(|_| ()).and_then(|key| {
            key.sign_with_rng(&mut rsa::rand_core::OsRng, padding, &digest).map_err(|_| ())
        });
        assert!(signed.is_ok(), "a key accepted on loading signs a digest");
        signed.unwrap_or_default()
    }

    /// Unencrypted PKCS#8, DER. Secret: only to encrypt it or to hand it to a tool in tests.
    pub fn to_pkcs8_der(&self) -> Vec<u8> {
        let encoded: Result<Pkcs8V1Der<'static>, _> = self.pair.as_der();
        assert!(encoded.is_ok(), "a loaded RSA key has a PKCS#8 form");
        encoded.map(|bytes| bytes.as_ref().to_vec()).unwrap_or_default()
    }

    /// PKCS#8 encrypted as SAT does its `.key` files: PBES2, PBKDF2-HMAC-SHA1 with 2048 rounds,
    /// 3DES. For test certificates; it is a weak scheme by today's measure.
    ///
    /// Errors: `Generacion`.
    pub fn to_pkcs8_encrypted_der(&self, password: &str) -> Result<Vec<u8>, LlaveError> {
        let failed = || LlaveError::Generacion("the key was not encrypted");
        let (mut salt, mut iv) = ([0; 8], [0; 8]);
        let random = SystemRandom::new();
        random.fill(&mut salt).and_then(|()| random.fill(&mut iv)).map_err(|_| failed())?;
        let parameters = pbes2::Parameters {
            kdf: pbes2::Kdf::Pbkdf2(pbes2::Pbkdf2Params {
                salt: &salt,
                iteration_count: SAT_ITERATIONS,
                key_length: None,
                prf: pbes2::Pbkdf2Prf::HmacWithSha1,
            }),
            encryption: pbes2::EncryptionScheme::DesEde3Cbc { iv: &iv },
        };
        let plain = self.to_pkcs8_der();
        let info = PrivateKeyInfo::try_from(plain.as_slice()).map_err(|_| failed())?;
        let sealed = info.encrypt_with_params(parameters, password).map_err(|_| failed())?;
        Ok(sealed.as_bytes().to_vec())
    }

    /// Whether the certificate carries the public half of this key.
    pub fn matches(&self, certificado: &Certificado) -> bool {
        self.public_der() == certificado.public_key_der()
    }

    /// PKCS#1 `RSAPublicKey`, DER.
    pub fn public_der(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    fn sign(&self, encoding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let signed = self.pair.sign(encoding, &SystemRandom::new(), message, &mut signature);
        assert!(signed.is_ok(), "a key accepted on loading signs any message");
        signature
    }
}

// The PKCS#5 library takes fixed slices of the cipher's vector without looking at its length, and
// any number of rounds; the file comes from outside, so both are looked at first.
fn check_pbes2(bytes: &[u8]) -> Result<(), LlaveError> {
    let broken = LlaveError::Formato("not an encrypted PKCS#8");
    let Some((kdf, cipher)) = pbes2_parts(bytes) else { return Err(broken) };
    let rounds = pbkdf2_rounds(kdf).ok_or(LlaveError::Algoritmo)?;
    let iv =
        der::content(cipher, der::OID).and_then(|(_, rest)| der::content(rest, der::OCTET_STRING));
    match iv {
        Some((iv, _)) if matches!(iv.len(), 8 | 16) && rounds <= MAX_ITERATIONS => Ok(()),
        _ => Err(LlaveError::Algoritmo),
    }
}

// Contents of the two algorithm identifiers inside PBES2 parameters.
fn pbes2_parts(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (info, _) = der::content(bytes, der::SEQUENCE)?;
    let (algorithm, data) = der::content(info, der::SEQUENCE)?;
    der::content(data, der::OCTET_STRING)?;
    let (_, parameters) = der::content(algorithm, der::OID)?;
    let (parameters, _) = der::content(parameters, der::SEQUENCE)?;
    let (kdf, cipher) = der::read(parameters).map(|(_, content, after)| (content, after))?;
    Some((kdf, der::read(cipher).map_or(&[][..], |(_, content, _)| content)))
}

fn pbkdf2_rounds(kdf: &[u8]) -> Option<u32> {
    let (_, parameters) = der::content(kdf, der::OID)?;
    let (parameters, _) = der::content(parameters, der::SEQUENCE)?;
    let (_, rest) = der::content(parameters, der::OCTET_STRING)?;
    let (rounds, _) = der::content(rest, der::INTEGER)?;
    if rounds.len() > 4 {
        return None;
    }
    Some(rounds.iter().fold(0, |sum, &b| sum << 8 | u32::from(b)))
}

fn p12_error(error: &p12_keystore::error::Error) -> LlaveError {
    use p12_keystore::error::Error;
    match error {
        Error::MacError(_) | Error::UnpadError | Error::Pkcs5Error(_) => LlaveError::Contrasena,
        Error::UnsupportedEncryptionScheme | Error::UnsupportedMacAlgorithm => {
            LlaveError::Algoritmo
        }
        _ => LlaveError::Formato("not a readable PKCS#12"),
    }
}
