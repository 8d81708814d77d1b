//! HTTP to the provider: only its own scheme, no redirect, limits of time and size. It logs no
//! body, code or token.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::http::response::Builder;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use reqwest::{Client, Request, Response};

use crate::Error;
use crate::ajustes::{EnLoopback, is_segura};

/// Largest answer read, bytes.
const MAX_CUERPO: usize = 512 * 1024;
/// Limit of one call, ms.
const LIMITE_MS: u64 = 8_000;

/// Client with the limits that suit a provider: 4 s to connect, 8 s in all, no redirect.
///
/// Errors: `Error::Config("tls")` if the machine has no certificates to trust.
pub fn http_client() -> Result<Client, Error> {
    Client::builder()
        .connect_timeout(Duration::from_secs(4))
        .timeout(Duration::from_millis(LIMITE_MS))
        .redirect(Policy::none())
        .user_agent("ramal")
        .build()
        .map_err(|_| Error::Config("tls"))
}

/// Way to the provider. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Red {
    http: Client,
    loopback: EnLoopback,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Corte {
    #[error("address is not https")]
    Insegura,
    #[error("no answer")]
    SinRespuesta,
    #[error("server error")]
    Caido,
    #[error("redirected")]
    Desvio,
    #[error("answer too large")]
    Enorme,
}

impl Corte {
    /// The same, for who asked for `documento`.
    pub(crate) fn error(&self, documento: &'static str) -> Error {
        match self {
            Corte::Insegura => Error::InsecureUrl(documento),
            Corte::SinRespuesta | Corte::Caido => Error::Unreachable(documento),
            Corte::Desvio | Corte::Enorme => Error::Provider(documento),
        }
    }
}

impl Red {
    pub(crate) fn new(http: Client, loopback: EnLoopback) -> Red {
        Red { http, loopback }
    }

    /// May a browser be sent to, or a call be made to, `url`?
    pub(crate) fn allows(&self, url: &reqwest::Url) -> bool {
        is_segura(url, self.loopback)
    }

    /// One call.
    pub(crate) async fn send(&self, pedido: HttpRequest) -> Result<HttpResponse, Corte> {
        let mut pedido = Request::try_from(pedido).map_err(|_| Corte::Insegura)?;
        if !self.allows(pedido.url()) {
            return Err(Corte::Insegura);
        }
        *pedido.timeout_mut() = Some(Duration::from_millis(LIMITE_MS));
        let destino = pedido.url().clone();
        let respuesta = self.http.execute(pedido).await.map_err(|_| Corte::SinRespuesta)?;
        // A client that follows redirects would have carried the code or the secret elsewhere.
        if respuesta.status().is_redirection() || *respuesta.url() != destino {
            return Err(Corte::Desvio);
        }
        if respuesta.status().is_server_error() {
            return Err(Corte::Caido);
        }
        read(respuesta).await
    }
}

// A named future, owned and `Send`: with a closure the compiler cannot prove that a web server may
// await the calls.
impl<'c> AsyncHttpClient<'c> for Red {
    type Error = Corte;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Corte>> + Send>>;

    fn call(&'c self, pedido: HttpRequest) -> Self::Future {
        let red = self.clone();
        Box::pin(async move { red.send(pedido).await })
    }
}

async fn read(mut respuesta: Response) -> Result<HttpResponse, Corte> {
    let mut armada = Builder::new().status(respuesta.status());
    for (nombre, valor) in respuesta.headers() {
        armada = armada.header(nombre, valor);
    }
    let mut cuerpo = Vec::new();
    while let Some(parte) = respuesta.chunk().await.map_err(|_| Corte::SinRespuesta)? {
        if cuerpo.len() + parte.len() > MAX_CUERPO {
            return Err(Corte::Enorme);
        }
        cuerpo.extend_from_slice(&parte);
    }
    armada.body(cuerpo).map_err(|_| Corte::SinRespuesta)
}
