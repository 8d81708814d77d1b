//! Signing keys and tokens made on the spot, by another library than the one under test. No key is
//! kept on disk.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaEncoding,
};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::RsaPublicKey;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};

/// A pair of keys of the provider.
pub struct Llave {
    pub kid: String,
    par: Par,
}

enum Par {
    Rsa(Box<RsaPair>),
    Ec(Box<EcdsaKeyPair>),
}

impl Llave {
    pub fn rsa(kid: &str) -> Llave {
        let par = RsaPair::generate(KeySize::Rsa2048).unwrap();
        Llave { kid: kid.to_owned(), par: Par::Rsa(Box::new(par)) }
    }

    pub fn ec(kid: &str) -> Llave {
        let par = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Llave { kid: kid.to_owned(), par: Par::Ec(Box::new(par)) }
    }

    /// The public half as a provider publishes it, without `alg`.
    pub fn jwk(&self) -> Value {
        match &self.par {
            Par::Rsa(par) => {
                let publica = RsaPublicKey::from_pkcs1_der(par.public_key().as_ref()).unwrap();
                let (n, e) = (publica.n().to_bytes_be(), publica.e().to_bytes_be());
                json!({"kty": "RSA", "use": "sig", "kid": self.kid, "n": b64(n), "e": b64(e)})
            }
            Par::Ec(par) => {
                let punto = par.public_key().as_ref();
                let (x, y) = (b64(&punto[1..33]), b64(&punto[33..]));
                json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": self.kid, "x": x, "y": y})
            }
        }
    }

    /// The public half in PKCS#1 DER: what an attacker would use as an HMAC secret.
    pub fn public_der(&self) -> Vec<u8> {
        match &self.par {
            Par::Rsa(par) => par.public_key().as_ref().to_vec(),
            Par::Ec(par) => par.public_key().as_ref().to_vec(),
        }
    }

    /// Token signed with `alg`, under this key's id.
    pub fn sign(&self, alg: &str, datos: &Value) -> String {
        self.sign_as(&json!({"alg": alg, "kid": self.kid}), datos)
    }

    /// Token with any header; the signature is of the algorithm that the header says.
    pub fn sign_as(&self, cabecera: &Value, datos: &Value) -> String {
        let firmado = unsigned(cabecera, datos);
        let firma = match (&self.par, cabecera["alg"].as_str().unwrap()) {
            (Par::Rsa(par), "PS256") => rsa_sign(par, &RSA_PSS_SHA256, &firmado),
            (Par::Rsa(par), _) => rsa_sign(par, &RSA_PKCS1_SHA256, &firmado),
            (Par::Ec(par), _) => {
                par.sign(&SystemRandom::new(), firmado.as_bytes()).unwrap().as_ref().to_vec()
            }
        };
        format!("{firmado}.{}", b64(firma))
    }
}

fn rsa_sign(par: &RsaPair, modo: &'static dyn RsaEncoding, texto: &str) -> Vec<u8> {
    let mut firma = vec![0; par.public_modulus_len()];
    par.sign(modo, &SystemRandom::new(), texto.as_bytes(), &mut firma).unwrap();
    firma
}

/// Token of HS256 with `secreto`.
pub fn hs256(secreto: &[u8], kid: &str, datos: &Value) -> String {
    let firmado = unsigned(&json!({"alg": "HS256", "kid": kid}), datos);
    let clave = hmac::Key::new(hmac::HMAC_SHA256, secreto);
    format!("{firmado}.{}", b64(hmac::sign(&clave, firmado.as_bytes())))
}

/// Header and claims, without signature.
pub fn unsigned(cabecera: &Value, datos: &Value) -> String {
    format!("{}.{}", b64(cabecera.to_string()), b64(datos.to_string()))
}

/// `at_hash` of an access token under a SHA-256 algorithm.
pub fn at_hash(acceso: &str) -> String {
    b64(&digest::digest(&digest::SHA256, acceso.as_bytes()).as_ref()[..16])
}

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
