//! Checks of an ID token, over keys already at hand. It asks nothing of the network.

use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJsonWebKey, CoreJsonWebKeySet,
    CoreJwsSigningAlgorithm as Alg,
};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, IssuerUrl, Nonce,
    SignatureVerificationError,
};
use ramal_base::Instante;

use crate::TokenError;
use crate::firma;
use crate::reclamos::Datos;

/// Difference tolerated between the provider's clock and ours, ms.
pub(crate) const HOLGURA_MS: i64 = 60_000;

/// Algorithms accepted: asymmetric, with the keys that the provider publishes.
pub(crate) const ALGORITMOS: [Alg; 3] =
    [Alg::RsaSsaPkcs1V15Sha256, Alg::RsaSsaPssSha256, Alg::EcdsaP256Sha256];

/// What the token must say.
pub(crate) struct Esperado<'a> {
    pub(crate) emisor: &'a IssuerUrl,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) acceso: &'a AccessToken,
}

/// The claims of `ficha`, if every check of OpenID Connect Core 1.0 §3.1.3.7 passes.
pub(crate) fn check(
    ficha: &CoreIdToken,
    claves: &CoreJsonWebKeySet,
    esperado: &Esperado<'_>,
    ahora: Instante,
) -> Result<Datos, TokenError> {
    // The verifier of a public client on purpose: the secret must never become an HMAC key.
    let verificador = CoreIdTokenVerifier::new_public_client(
        ClientId::new(esperado.client_id.to_owned()),
        esperado.emisor.clone(),
        claves.clone(),
    )
    .set_allowed_algs(ALGORITMOS)
    .set_time_fn(move || fecha(ahora.plus_millis(-HOLGURA_MS)))
    .set_issue_time_verifier_fn(move |iat| {
        let tarde = iat > fecha(ahora.plus_millis(HOLGURA_MS));
        if tarde { Err(IAT.to_owned()) } else { Ok(()) }
    });
    let nonce = Nonce::new(esperado.nonce.to_owned());
    let reclamos = ficha.claims(&verificador, &nonce).map_err(|e| translate(&e))?;
    if reclamos.authorized_party().is_some_and(|azp| azp.as_str() != esperado.client_id) {
        return Err(TokenError::Audience);
    }
    check_access_hash(ficha, reclamos, &verificador, esperado.acceso)?;
    firma::payload(&ficha.to_string())
}

fn check_access_hash(
    ficha: &CoreIdToken,
    reclamos: &CoreIdTokenClaims,
    verificador: &CoreIdTokenVerifier<'_>,
    acceso: &AccessToken,
) -> Result<(), TokenError> {
    let Some(dicho) = reclamos.access_token_hash() else {
        return Ok(());
    };
    let alg = ficha.signing_alg().map_err(|_| TokenError::Algorithm)?;
    let clave: &CoreJsonWebKey =
        ficha.signing_key(verificador).map_err(|_| TokenError::UnknownKey)?;
    let cierto =
        AccessTokenHash::from_token(acceso, alg, clave).map_err(|_| TokenError::AccessTokenHash)?;
    if cierto == *dicho { Ok(()) } else { Err(TokenError::AccessTokenHash) }
}

const IAT: &str = "iat";

fn fecha(instante: Instante) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(instante.millis()).unwrap_or(DateTime::UNIX_EPOCH)
}

fn translate(e: &ClaimsVerificationError) -> TokenError {
    use ClaimsVerificationError as C;
    match e {
        C::Expired(cual) if cual == IAT => TokenError::IssueTime,
        C::Expired(_) => TokenError::Expired,
        C::InvalidAudience(_) => TokenError::Audience,
        C::InvalidIssuer(_) => TokenError::Issuer,
        C::InvalidNonce(_) => TokenError::Nonce,
        C::InvalidSubject(_) => TokenError::Subject,
        C::SignatureVerification(firma) => translate_signature(firma),
        C::Unsupported(_) => TokenError::Type,
        _ => TokenError::Malformed,
    }
}

fn translate_signature(e: &SignatureVerificationError) -> TokenError {
    use SignatureVerificationError as S;
    match e {
        S::NoMatchingKey | S::AmbiguousKeyId(_) => TokenError::UnknownKey,
        S::DisallowedAlg(_) | S::UnsupportedAlg(_) | S::NoSignature => TokenError::Algorithm,
        _ => TokenError::Signature,
    }
}
