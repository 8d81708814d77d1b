//! The sign-in: where the browser is sent, and what comes of the code that it brings back. It
//! stores nothing between the two: the caller keeps `Pendiente`.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreIdToken,
    CoreTokenResponse,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, StandardErrorResponse,
    TokenResponse as _,
};
use ramal_base::Instante;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::ficha::{self, Esperado};
use crate::proveedor::Documento;
use crate::reclamos::{self, Datos};
use crate::red::Corte;
use crate::{Error, Proveedor, Reclamos, TokenError};

/// Random bytes that a sign-in needs: 32 for the state, 32 for the nonce, 32 for the verifier.
pub const AZAR_BYTES: usize = 96;

/// How long the person may take at the provider, ms.
const PLAZO_MS: i64 = 10 * 60 * 1000;

/// A sign-in under way. Secret: keep it where only the same browser reaches it (a sealed,
/// host-only cookie or a row behind one), and forget it at the first `finish`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pendiente {
    /// Value that the provider gives back.
    pub state: String,
    /// Value that the ID token must carry.
    pub nonce: String,
    /// PKCE verifier.
    pub verifier: String,
    /// When it was begun, ms since 1970.
    pub desde_ms: i64,
}

impl std::fmt::Debug for Pendiente {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pendiente").field("desde_ms", &self.desde_ms).finish_non_exhaustive()
    }
}

/// What the browser brings back in the query of the return address.
#[derive(Clone, Default, Deserialize)]
pub struct Regreso {
    /// The code, when the person signed in.
    #[serde(default)]
    pub code: Option<String>,
    /// The state that was sent.
    #[serde(default)]
    pub state: Option<String>,
    /// Why there is no code, as the provider codes it.
    #[serde(default)]
    pub error: Option<String>,
    /// Issuer (RFC 9207), when the provider says it.
    #[serde(default)]
    pub iss: Option<String>,
}

type Cliente = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;
type FallaCanje = RequestTokenError<Corte, StandardErrorResponse<CoreErrorResponseType>>;

impl Proveedor {
    /// Begins a sign-in: where to send the browser, and what to keep until it comes back.
    ///
    /// `azar` must come from the system's generator and be used once.
    /// Errors: those of [`Proveedor::probe`].
    /// Source: OpenID Connect Core 1.0 §3.1.2.1, RFC 7636 (S256).
    pub async fn begin(
        &self,
        azar: &[u8; AZAR_BYTES],
        ahora: Instante,
    ) -> Result<(Url, Pendiente), Error> {
        let documento = self.documento(ahora).await?;
        let pendiente = Pendiente {
            state: URL_SAFE_NO_PAD.encode(&azar[..32]),
            nonce: URL_SAFE_NO_PAD.encode(&azar[32..64]),
            verifier: URL_SAFE_NO_PAD.encode(&azar[64..]),
            desde_ms: ahora.millis(),
        };
        let (state, nonce) = (pendiente.state.clone(), pendiente.nonce.clone());
        let verificador = PkceCodeVerifier::new(pendiente.verifier.clone());
        let cliente = self.client(&documento)?;
        let mut pedido = cliente
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verificador));
        for alcance in &self.ajustes.alcances {
            pedido = pedido.add_scope(Scope::new(alcance.clone()));
        }
        let (url, _, _) = pedido.url();
        Ok((url, pendiente))
    }

    /// Ends a sign-in: spends the code and gives what the provider says of the person, checked.
    ///
    /// The answer must belong to `pendiente`, which the caller has already forgotten.
    /// Errors: `StateMismatch`, `Stale`, `Denied`, `CodeRefused`, `ClientRefused`, `Token` and
    /// those of [`Proveedor::probe`]. Source: OpenID Connect Core 1.0 §3.1.3, RFC 9207.
    pub async fn finish(
        &self,
        regreso: &Regreso,
        pendiente: &Pendiente,
        ahora: Instante,
    ) -> Result<Reclamos, Error> {
        let code = self.check_return(regreso, pendiente, ahora)?;
        let documento = self.documento(ahora).await?;
        let fichas = self.exchange(&documento, code, pendiente).await?;
        let ficha = fichas.id_token().ok_or(Error::Provider("token"))?;
        let esperado = Esperado {
            emisor: &self.emisor,
            client_id: &self.ajustes.client_id,
            nonce: &pendiente.nonce,
            acceso: fichas.access_token(),
        };
        let datos = self.checked(&esperado, ficha, ahora, documento.clone()).await?;
        let acceso = fichas.access_token().secret();
        let datos = self.completed(datos, acceso, &documento).await?;
        reclamos::read(&datos, &self.ajustes.rol_claim, ficha.to_string())
    }

    fn check_return<'r>(
        &self,
        regreso: &'r Regreso,
        pendiente: &Pendiente,
        ahora: Instante,
    ) -> Result<&'r str, Error> {
        let state = regreso.state.as_deref().unwrap_or_default();
        verify_slices_are_equal(state.as_bytes(), pendiente.state.as_bytes())
            .map_err(|_| Error::StateMismatch)?;
        if regreso.iss.as_deref().is_some_and(|iss| iss != self.emisor.as_str()) {
            return Err(Error::IssuerMismatch);
        }
        if !(0..PLAZO_MS).contains(&(ahora.millis() - pendiente.desde_ms)) {
            return Err(Error::Stale);
        }
        if let Some(codigo) = &regreso.error {
            return Err(Error::Denied(codigo.chars().take(64).collect()));
        }
        regreso.code.as_deref().filter(|c| !c.is_empty()).ok_or(Error::StateMismatch)
    }

    async fn exchange(
        &self,
        documento: &Documento,
        code: &str,
        pendiente: &Pendiente,
    ) -> Result<CoreTokenResponse, Error> {
        let cliente = self.client(documento)?;
        cliente
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| Error::Provider("discovery"))?
            .set_pkce_verifier(PkceCodeVerifier::new(pendiente.verifier.clone()))
            .request_async(&self.red)
            .await
            .map_err(|e| translate(&e))
    }

    /// The claims of the ID token; a key that is not known is asked for once.
    async fn checked(
        &self,
        esperado: &Esperado<'_>,
        ficha: &CoreIdToken,
        ahora: Instante,
        documento: std::sync::Arc<Documento>,
    ) -> Result<Datos, Error> {
        match ficha::check(ficha, documento.jwks(), esperado, ahora) {
            Err(TokenError::UnknownKey) => {
                let nuevo = self.refreshed(&documento, ahora).await?;
                Ok(ficha::check(ficha, nuevo.jwks(), esperado, ahora)?)
            }
            otro => Ok(otro?),
        }
    }

    fn client(&self, documento: &Documento) -> Result<Cliente, Error> {
        let secreto = self.ajustes.client_secret.as_ref();
        let retorno =
            RedirectUrl::new(self.ajustes.retorno.clone()).map_err(|_| Error::Config("retorno"))?;
        Ok(CoreClient::from_provider_metadata(
            documento.clone(),
            ClientId::new(self.ajustes.client_id.clone()),
            secreto.map(|s| ClientSecret::new(s.reveal().to_owned())),
        )
        .set_auth_type(auth_type(documento))
        .set_redirect_uri(retorno))
    }
}

/// Basic is the default of the standard; the body only where the provider does not list Basic.
fn auth_type(documento: &Documento) -> AuthType {
    let Some(modos) = documento.token_endpoint_auth_methods_supported() else {
        return AuthType::BasicAuth;
    };
    let basica = modos.contains(&CoreClientAuthMethod::ClientSecretBasic);
    let cuerpo = modos.contains(&CoreClientAuthMethod::ClientSecretPost);
    if cuerpo && !basica { AuthType::RequestBody } else { AuthType::BasicAuth }
}

fn translate(e: &FallaCanje) -> Error {
    match e {
        RequestTokenError::Request(corte) => corte.error("token"),
        RequestTokenError::ServerResponse(respuesta) => match respuesta.error() {
            CoreErrorResponseType::InvalidGrant => Error::CodeRefused,
            CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
                Error::ClientRefused
            }
            _ => Error::Provider("token"),
        },
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Error::Provider("token"),
    }
}
