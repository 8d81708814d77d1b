//! The provider: its discovery document and keys, kept for a while and asked for again when a key
//! is unknown. It checks no token itself.

use std::sync::Arc;

use openidconnect::core::CoreJsonWebKeySet;
use openidconnect::{DiscoveryError, IssuerUrl, JsonWebKeySet, ProviderMetadataWithLogout};
use ramal_base::Instante;
use reqwest::{Client, Url};
use tokio::sync::Mutex;

use crate::red::{Corte, Red};
use crate::{Ajustes, Error, TokenError};

/// How long the discovery document and the keys are believed, ms.
const VIGENCIA_MS: i64 = 15 * 60 * 1000;
/// Least time between two questions for the keys that an unknown key provokes, ms. Anybody can
/// send a token with an invented key id: the provider must not pay for it.
const PAUSA_CLAVES_MS: i64 = 30_000;
/// How long a provider that did not answer is left alone, ms.
const PAUSA_CAIDO_MS: i64 = 5_000;

/// The identity provider of the staff. One for the process; every method takes `&self`.
pub struct Proveedor {
    pub(crate) ajustes: Ajustes,
    pub(crate) emisor: IssuerUrl,
    pub(crate) red: Red,
    memoria: Mutex<Memoria>,
}

#[derive(Default)]
struct Memoria {
    documento: Option<(Arc<Documento>, Instante)>,
    refresco: Option<Instante>,
    caido: Option<Instante>,
}

/// What the provider publishes. Replaced whole: a key that is no longer published is forgotten.
pub(crate) type Documento = ProviderMetadataWithLogout;

impl Proveedor {
    /// Checks the settings; makes no call. [`crate::http_client`] gives a suitable `http`.
    ///
    /// Errors: `Config`, `InsecureUrl` if the issuer is plain HTTP outside loopback.
    pub fn new(ajustes: Ajustes, http: Client) -> Result<Proveedor, Error> {
        let loopback = ajustes.check()?;
        let emisor = IssuerUrl::new(ajustes.emisor.clone()).map_err(|_| Error::Config("emisor"))?;
        let red = Red::new(http, loopback);
        Ok(Proveedor { ajustes, emisor, red, memoria: Mutex::default() })
    }

    /// The settings in use.
    pub fn ajustes(&self) -> &Ajustes {
        &self.ajustes
    }

    /// Asks for the discovery document and the keys if they are not fresh: for a health check and
    /// for trying settings before they are saved.
    ///
    /// Errors: `Unreachable`, `Provider`, `IssuerMismatch`, `InsecureUrl`.
    pub async fn probe(&self, ahora: Instante) -> Result<(), Error> {
        self.documento(ahora).await.map(|_| ())
    }

    /// Where to send a browser that signs out at the provider too, or none if it offers no place.
    ///
    /// `post_logout` is our registered address to come back to. Without `id_token` the provider
    /// usually asks the person to confirm.
    /// Errors: those of [`Proveedor::probe`]. Source: OpenID Connect RP-Initiated Logout 1.0.
    pub async fn end_session_url(
        &self,
        id_token: Option<&str>,
        post_logout: Option<&str>,
        ahora: Instante,
    ) -> Result<Option<Url>, Error> {
        let documento = self.documento(ahora).await?;
        let Some(lugar) = &documento.additional_metadata().end_session_endpoint else {
            return Ok(None);
        };
        let mut url = lugar.url().clone();
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &self.ajustes.client_id);
        if let Some(ficha) = id_token {
            query.append_pair("id_token_hint", ficha);
        }
        if let Some(retorno) = post_logout {
            query.append_pair("post_logout_redirect_uri", retorno);
        }
        drop(query);
        Ok(Some(url))
    }

    /// The document, from memory while it is fresh.
    pub(crate) async fn documento(&self, ahora: Instante) -> Result<Arc<Documento>, Error> {
        let mut memoria = self.memoria.lock().await;
        if let Some((documento, desde)) = &memoria.documento
            && is_within(*desde, ahora, VIGENCIA_MS)
        {
            return Ok(documento.clone());
        }
        if memoria.caido.is_some_and(|desde| is_within(desde, ahora, PAUSA_CAIDO_MS)) {
            return Err(Error::Unreachable("discovery"));
        }
        memoria.documento = None;
        let documento = self.discover().await.inspect_err(|e| {
            tracing::warn!(error = %e, "the identity provider's discovery failed");
            memoria.caido = Some(ahora);
        })?;
        memoria.caido = None;
        let documento = Arc::new(documento);
        memoria.documento = Some((documento.clone(), ahora));
        Ok(documento)
    }

    /// The document with the keys asked for again, because a token names a key that `visto` lacks.
    ///
    /// Errors: `Token(UnknownKey)` if that was done a moment ago.
    pub(crate) async fn refreshed(
        &self,
        visto: &Arc<Documento>,
        ahora: Instante,
    ) -> Result<Arc<Documento>, Error> {
        let mut memoria = self.memoria.lock().await;
        // Read again by another call, or forgotten meanwhile: its age stays that of the discovery,
        // so that unknown keys cannot keep an old document alive.
        let desde = match &memoria.documento {
            Some((documento, _)) if !Arc::ptr_eq(documento, visto) => return Ok(documento.clone()),
            Some((_, desde)) => *desde,
            None => ahora,
        };
        if memoria.refresco.is_some_and(|desde| is_within(desde, ahora, PAUSA_CLAVES_MS)) {
            return Err(TokenError::UnknownKey.into());
        }
        memoria.refresco = Some(ahora);
        let claves: CoreJsonWebKeySet = JsonWebKeySet::fetch_async(visto.jwks_uri(), &self.red)
            .await
            .map_err(|e| translate(&e, "jwks"))?;
        tracing::info!(claves = claves.keys().len(), "keys of the identity provider read again");
        let documento = Arc::new((**visto).clone().set_jwks(claves));
        memoria.documento = Some((documento.clone(), desde));
        Ok(documento)
    }

    async fn discover(&self) -> Result<Documento, Error> {
        let documento = Documento::discover_async(self.emisor.clone(), &self.red)
            .await
            .map_err(|e| translate(&e, "discovery"))?;
        let final_de_sesion = documento.additional_metadata().end_session_endpoint.as_ref();
        let lugares = [
            (Some(documento.authorization_endpoint().url()), "authorization"),
            (documento.token_endpoint().map(|u| u.url()), "token"),
            (documento.userinfo_endpoint().map(|u| u.url()), "userinfo"),
            (final_de_sesion.map(|u| u.url()), "end_session"),
        ];
        for (url, cual) in lugares {
            if url.is_some_and(|u| !self.red.allows(u)) {
                return Err(Error::InsecureUrl(cual));
            }
        }
        if documento.token_endpoint().is_none() {
            return Err(Error::Provider("discovery"));
        }
        Ok(documento)
    }
}

/// A clock that went back counts as time passed, so that nothing is believed for ever.
fn is_within(desde: Instante, ahora: Instante, ms: i64) -> bool {
    (0..ms).contains(&(ahora.millis() - desde.millis()))
}

fn translate(e: &DiscoveryError<Corte>, cual: &'static str) -> Error {
    match e {
        DiscoveryError::Request(corte) => corte.error(cual),
        DiscoveryError::Validation(_) => Error::IssuerMismatch,
        _ => Error::Provider(cual),
    }
}
