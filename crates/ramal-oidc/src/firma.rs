//! Compact JWS: its parts, its key among the provider's and its signature. It judges no claim.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey as _, JsonWebKeyUse as _, JwsSigningAlgorithm as _};
use serde::Deserialize;
use serde_json::Value;

use crate::TokenError;
use crate::ficha::ALGORITMOS;
use crate::reclamos::Datos;

/// Longest token read, bytes.
const MAX_FICHA: usize = 32 * 1024;

#[derive(Deserialize)]
struct Cabecera {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    cty: Option<Value>,
    #[serde(default)]
    crit: Option<Value>,
}

/// The claims of `jwt` if a key of `claves` signed it and its `typ` is one of `tipos` or absent.
///
/// `tipos` in lower case, without the prefix `application/`.
pub(crate) fn verify(
    jwt: &str,
    claves: &CoreJsonWebKeySet,
    tipos: &[&str],
) -> Result<Datos, TokenError> {
    if jwt.len() > MAX_FICHA {
        return Err(TokenError::Malformed);
    }
    let (firmado, firma) = jwt.rsplit_once('.').ok_or(TokenError::Malformed)?;
    let (cabecera, _) = firmado.split_once('.').ok_or(TokenError::Malformed)?;
    let cabecera: Cabecera = json(cabecera)?;
    let alg = algorithm(&cabecera.alg)?;
    check_type(&cabecera, tipos)?;
    let firma = URL_SAFE_NO_PAD.decode(firma).map_err(|_| TokenError::Malformed)?;
    let mut candidatas = candidates(claves, cabecera.kid.as_deref(), &alg).peekable();
    if candidatas.peek().is_none() {
        return Err(TokenError::UnknownKey);
    }
    if !candidatas.any(|c| c.verify_signature(&alg, firmado.as_bytes(), &firma).is_ok()) {
        return Err(TokenError::Signature);
    }
    payload(jwt)
}

/// The claims of `jwt`, without any check: only after its signature was verified.
pub(crate) fn payload(jwt: &str) -> Result<Datos, TokenError> {
    let mut partes = jwt.split('.');
    match (partes.next(), partes.next(), partes.next(), partes.next()) {
        (Some(_), Some(cuerpo), Some(_), None) => json(cuerpo),
        _ => Err(TokenError::Malformed),
    }
}

/// The algorithm is chosen from our list by its name; the token never widens it.
fn algorithm(nombre: &str) -> Result<CoreJwsSigningAlgorithm, TokenError> {
    let nombrado = |alg: &CoreJwsSigningAlgorithm| {
        serde_json::to_value(alg).is_ok_and(|v| v.as_str() == Some(nombre))
    };
    ALGORITMOS.into_iter().find(nombrado).ok_or(TokenError::Algorithm)
}

fn check_type(cabecera: &Cabecera, tipos: &[&str]) -> Result<(), TokenError> {
    if cabecera.crit.is_some() || cabecera.cty.is_some() {
        return Err(TokenError::Type);
    }
    let Some(typ) = &cabecera.typ else {
        return Ok(());
    };
    let typ = typ.to_ascii_lowercase();
    let typ = typ.strip_prefix("application/").unwrap_or(&typ);
    if tipos.contains(&typ) { Ok(()) } else { Err(TokenError::Type) }
}

/// Keys for signing, of the algorithm's family, with the token's `kid` when it names one.
fn candidates<'c>(
    claves: &'c CoreJsonWebKeySet,
    kid: Option<&'c str>,
    alg: &CoreJwsSigningAlgorithm,
) -> impl Iterator<Item = &'c CoreJsonWebKey> {
    let familia = alg.key_type();
    claves.keys().iter().filter(move |clave| {
        let suya = kid.is_none_or(|kid| clave.key_id().is_some_and(|k| k.as_str() == kid));
        let firma = clave.key_use().is_none_or(|uso| uso.allows_signature());
        suya && firma && familia.as_ref() == Some(clave.key_type())
    })
}

fn json<T: serde::de::DeserializeOwned>(parte: &str) -> Result<T, TokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(parte).map_err(|_| TokenError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenError::Malformed)
}
