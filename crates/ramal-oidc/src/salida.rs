//! Back-channel logout: the provider says that a session ended. It closes no session and remembers
//! no `jti`: the caller does both.

use ramal_base::Instante;
use serde_json::Value;

use crate::ficha::HOLGURA_MS;
use crate::reclamos::{Datos, seconds, text};
use crate::{Error, Proveedor, TokenError, firma};

/// Event that a logout token must carry.
const EVENTO: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How old a logout token may be, ms.
const FRESCURA_MS: i64 = 5 * 60 * 1000;

/// A logout that the provider ordered, checked but for its repetition.
///
/// Shape: at least one of `sub` and `sid` is present. With `sid`, close that session; without it,
/// every session of `sub`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalidaRemota {
    /// The person.
    pub sub: Option<String>,
    /// The session at the provider.
    pub sid: Option<String>,
    /// Unique name of this order: seen before means a replay.
    pub jti: String,
    /// When it was issued.
    pub iat: Instante,
    /// Until when `jti` must be remembered; after it, the order is refused by its age.
    pub recordar_hasta: Instante,
}

impl Proveedor {
    /// Checks the `logout_token` that the provider posted.
    ///
    /// Errors: `Token` (answer 400) and those of [`Proveedor::probe`] (answer 503).
    /// Source: OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6.
    pub async fn check_logout_token(
        &self,
        jwt: &str,
        ahora: Instante,
    ) -> Result<SalidaRemota, Error> {
        let documento = self.documento(ahora).await?;
        let datos = match verify(jwt, documento.jwks()) {
            Err(TokenError::UnknownKey) => {
                let nuevo = self.refreshed(&documento, ahora).await?;
                verify(jwt, nuevo.jwks())?
            }
            otro => otro?,
        };
        Ok(read(&datos, self.emisor.as_str(), &self.ajustes.client_id, ahora)?)
    }
}

/// `typ` should be `logout+jwt`; providers older than that rule send `JWT` or none.
fn verify(jwt: &str, claves: &openidconnect::core::CoreJsonWebKeySet) -> Result<Datos, TokenError> {
    firma::verify(jwt, claves, &["logout+jwt", "jwt"])
}

fn read(
    datos: &Datos,
    emisor: &str,
    client_id: &str,
    ahora: Instante,
) -> Result<SalidaRemota, TokenError> {
    check_parties(datos, emisor, client_id)?;
    let iat = check_times(datos, ahora)?;
    let evento = datos.get("events").and_then(|e| e.get(EVENTO));
    if !evento.is_some_and(Value::is_object) {
        return Err(TokenError::LogoutEvent);
    }
    // An ID token must never pass for an order to leave.
    if datos.contains_key("nonce") {
        return Err(TokenError::Nonce);
    }
    let (sub, sid) = (text(datos, "sub"), text(datos, "sid"));
    if sub.is_none() && sid.is_none() {
        return Err(TokenError::Subject);
    }
    let jti = text(datos, "jti").ok_or(TokenError::Jti)?;
    let recordar_hasta = iat.plus_millis(FRESCURA_MS + HOLGURA_MS);
    Ok(SalidaRemota { sub, sid, jti, iat, recordar_hasta })
}

fn check_parties(datos: &Datos, emisor: &str, client_id: &str) -> Result<(), TokenError> {
    if datos.get("iss").and_then(Value::as_str) != Some(emisor) {
        return Err(TokenError::Issuer);
    }
    let solo_nuestra = match datos.get("aud") {
        Some(Value::String(aud)) => aud == client_id,
        Some(Value::Array(lista)) => {
            !lista.is_empty() && lista.iter().all(|aud| aud.as_str() == Some(client_id))
        }
        _ => false,
    };
    if solo_nuestra { Ok(()) } else { Err(TokenError::Audience) }
}

/// `exp` came with the final standard: it is obeyed when present, and the age always.
fn check_times(datos: &Datos, ahora: Instante) -> Result<Instante, TokenError> {
    let iat = seconds(datos, "iat").ok_or(TokenError::IssueTime)?;
    let edad = ahora.millis() - iat.millis();
    if !(-HOLGURA_MS..=FRESCURA_MS + HOLGURA_MS).contains(&edad) {
        return Err(TokenError::IssueTime);
    }
    if datos.contains_key("exp") {
        let exp = seconds(datos, "exp").ok_or(TokenError::Malformed)?;
        if ahora.millis() - HOLGURA_MS >= exp.millis() {
            return Err(TokenError::Expired);
        }
    }
    Ok(iat)
}
