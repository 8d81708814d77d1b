//! DKIM signatures (RFC 6376, RFC 8463), relaxed/relaxed, in RSA and Ed25519. It verifies none and
//! keeps no key: whoever keeps it seals it.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as ParRsa, KeySize};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ramal_base::Instante;
use sha2::{Digest, Sha256};

use super::dkim_forma::{body, header, split};

/// Headers signed where they are present; the doubled ones cannot be added afterwards.
const FIRMADAS: [&str; 18] = [
    "from",
    "from",
    "to",
    "to",
    "cc",
    "subject",
    "subject",
    "date",
    "date",
    "message-id",
    "reply-to",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
];

/// Why a key or a signature is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DkimError {
    /// Not a private key in PKCS#8, RSA of 2,048 bits or more, or Ed25519.
    #[error("la llave DKIM no se lee: debe ser PKCS#8, RSA de 2048 bits o Ed25519")]
    Llave,
    /// Domain or selector is no name of DNS.
    #[error("el dominio o el selector de DKIM no es un nombre de DNS")]
    Nombre,
    /// The library refused.
    #[error("no se pudo firmar con DKIM")]
    Firma,
    /// The message has no headers.
    #[error("el mensaje no tiene cabeceras")]
    Mensaje,
}

/// Kinds of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaseDkim {
    /// `rsa-sha256`: every receiver reads it.
    Rsa,
    /// `ed25519-sha256`: short, but not read everywhere; sign with both.
    Ed25519,
}

/// Private key of a domain.
pub enum LlaveDkim {
    /// RSA.
    Rsa(Box<ParRsa>),
    /// Ed25519.
    Ed25519(Box<Ed25519KeyPair>),
}

impl LlaveDkim {
    /// Reads PKCS#8 in DER. Errors: `Llave`.
    pub fn from_pkcs8(der: &[u8]) -> Result<LlaveDkim, DkimError> {
        if let Ok(par) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            return Ok(LlaveDkim::Ed25519(Box::new(par)));
        }
        let par = ParRsa::from_pkcs8(der).map_err(|_| DkimError::Llave)?;
        if par.public_modulus_len() < 256 {
            return Err(DkimError::Llave);
        }
        Ok(LlaveDkim::Rsa(Box::new(par)))
    }

    /// Reads PKCS#8 in PEM. Errors: `Llave`.
    pub fn from_pem(pem: &str) -> Result<LlaveDkim, DkimError> {
        let cuerpo = pem
            .split_once("-----BEGIN PRIVATE KEY-----")
            .and_then(|(_, resto)| resto.split_once("-----END PRIVATE KEY-----"))
            .map(|(cuerpo, _)| cuerpo.split_whitespace().collect::<String>())
            .ok_or(DkimError::Llave)?;
        let der = STANDARD.decode(cuerpo).map_err(|_| DkimError::Llave)?;
        LlaveDkim::from_pkcs8(&der)
    }

    /// Makes a key and gives its PKCS#8 to be sealed. Errors: `Firma`.
    pub fn generate(clase: ClaseDkim) -> Result<Vec<u8>, DkimError> {
        match clase {
            ClaseDkim::Rsa => {
                let par = ParRsa::generate(KeySize::Rsa2048).map_err(|_| DkimError::Firma)?;
                let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&par);
                der.map(|d| d.as_ref().to_vec()).map_err(|_| DkimError::Firma)
            }
            ClaseDkim::Ed25519 => Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
                .map(|d| d.as_ref().to_vec())
                .map_err(|_| DkimError::Firma),
        }
    }

    /// Text of the TXT record at `selector._domainkey.dominio`. Errors: `Firma`.
    pub fn dns_record(&self) -> Result<String, DkimError> {
        let (clase, publica) = match self {
            LlaveDkim::Rsa(par) => {
                let publica = par.public_key();
                let der = AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(publica)
                    .map_err(|_| DkimError::Firma)?;
                ("rsa", der.as_ref().to_vec())
            }
            LlaveDkim::Ed25519(par) => ("ed25519", par.public_key().as_ref().to_vec()),
        };
        Ok(format!("v=DKIM1; k={clase}; p={}", STANDARD.encode(publica)))
    }

    fn algorithm(&self) -> &'static str {
        match self {
            LlaveDkim::Rsa(_) => "rsa-sha256",
            LlaveDkim::Ed25519(_) => "ed25519-sha256",
        }
    }

    fn sign(&self, datos: &[u8]) -> Result<Vec<u8>, DkimError> {
        match self {
            LlaveDkim::Rsa(par) => {
                let mut firma = vec![0; par.public_modulus_len()];
                par.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), datos, &mut firma)
                    .map_err(|_| DkimError::Firma)?;
                Ok(firma)
            }
            // RFC 8463: Ed25519 signs the hash, not the text.
            LlaveDkim::Ed25519(par) => Ok(par.sign(&Sha256::digest(datos)).as_ref().to_vec()),
        }
    }
}

/// Who signs.
pub struct FirmaDkim {
    dominio: String,
    selector: String,
    llave: LlaveDkim,
}

impl FirmaDkim {
    /// A signer. Errors: `Nombre`.
    pub fn new(dominio: &str, selector: &str, llave: LlaveDkim) -> Result<FirmaDkim, DkimError> {
        for nombre in [dominio, selector] {
            let bien = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
            if nombre.is_empty() || nombre.len() > 253 || !nombre.bytes().all(bien) {
                return Err(DkimError::Nombre);
            }
        }
        Ok(FirmaDkim { dominio: dominio.into(), selector: selector.into(), llave })
    }
}

/// The `DKIM-Signature` header of a message, folded and ended in CRLF, to be put before it.
pub(super) fn sign(
    mensaje: &[u8],
    firma: &FirmaDkim,
    ahora: Instante,
) -> Result<String, DkimError> {
    let (cabeceras, cuerpo) = split(mensaje).ok_or(DkimError::Mensaje)?;
    let bh = STANDARD.encode(Sha256::digest(body(cuerpo)));
    let nombres = signed_names(&cabeceras);
    let sin_firma = format!(
        "DKIM-Signature: v=1; a={}; c=relaxed/relaxed; d={};\r\n s={}; t={};\r\n h={};\r\n \
         bh={bh};\r\n b=",
        firma.llave.algorithm(),
        firma.dominio,
        firma.selector,
        ahora.millis() / 1_000,
        fold(&nombres.join(":"), ':'),
    );
    let mut datos = select(&cabeceras, &nombres);
    datos.push_str(header(&sin_firma).trim_end_matches("\r\n"));
    let valor = STANDARD.encode(firma.llave.sign(datos.as_bytes())?);
    Ok(format!("{sin_firma}{}\r\n", fold_text(&valor)))
}

fn signed_names(cabeceras: &[&str]) -> Vec<&'static str> {
    let presente = |nombre: &str| cabeceras.iter().any(|c| name_of(c) == nombre);
    FIRMADAS.into_iter().filter(|n| presente(n)).collect()
}

/// Each name takes the next of its headers from the bottom; beyond the last it stands for none.
fn select(cabeceras: &[&str], nombres: &[&str]) -> String {
    let mut restantes: Vec<&str> = cabeceras.to_vec();
    let mut datos = String::new();
    for nombre in nombres {
        if let Some(i) = restantes.iter().rposition(|c| name_of(c) == *nombre) {
            datos.push_str(&header(restantes.remove(i)));
        }
    }
    datos
}

fn name_of(cabecera: &str) -> String {
    cabecera.split(':').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Breaks a list at its separators so that no line passes 76 columns.
fn fold(lista: &str, separador: char) -> String {
    let mut salida = String::new();
    let mut ancho = 3;
    for pieza in lista.split_inclusive(separador) {
        if ancho + pieza.len() > 74 {
            salida.push_str("\r\n ");
            ancho = 1;
        }
        salida.push_str(pieza);
        ancho += pieza.len();
    }
    salida
}

/// Breaks a base64 text every 72 characters.
fn fold_text(texto: &str) -> String {
    let piezas: Vec<&str> = (0..texto.len())
        .step_by(72)
        .map(|i| texto.get(i..texto.len().min(i + 72)).unwrap_or_default())
        .collect();
    piezas.join("\r\n ")
}
