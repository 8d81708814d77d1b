//! Settings of the identity provider and the checks that they pass before any call. It reads no
//! file and no environment.

use std::fmt;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::Error;

/// Text that is never printed: `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Secreto(String);

impl Secreto {
    /// Wraps `texto`.
    pub fn new(texto: impl Into<String>) -> Secreto {
        Secreto(texto.into())
    }

    /// The text, for the call that needs it. Never for a log.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secreto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secreto(…)")
    }
}

/// What the provider's administrator and ours agreed on.
///
/// Shape: as in the settings file; checked by [`crate::Proveedor::new`].
#[derive(Clone, Debug, Deserialize)]
pub struct Ajustes {
    /// Issuer URL, exactly as the provider prints it in its tokens. `https`, or `http` on loopback.
    pub emisor: String,
    /// Client id registered at the provider.
    pub client_id: String,
    /// Client secret; none for a public client (PKCE alone).
    #[serde(default)]
    pub client_secret: Option<Secreto>,
    /// Our address that receives the code, absolute and registered at the provider.
    pub retorno: String,
    /// Claim with the names of roles: a whole name or a path with dots.
    #[serde(default = "rol_claim")]
    pub rol_claim: String,
    /// Scopes asked for besides `openid`.
    #[serde(default = "alcances")]
    pub alcances: Vec<String>,
}

fn rol_claim() -> String {
    "realm_access.roles".to_owned()
}

fn alcances() -> Vec<String> {
    vec!["email".to_owned(), "profile".to_owned()]
}

impl Ajustes {
    /// Settings of a public client with the defaults: `realm_access.roles`, `email profile`.
    pub fn new(emisor: &str, client_id: &str, retorno: &str) -> Ajustes {
        Ajustes {
            emisor: emisor.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: None,
            retorno: retorno.to_owned(),
            rol_claim: rol_claim(),
            alcances: alcances(),
        }
    }

    /// Checks what can be checked without a call and says whether the issuer is on loopback.
    pub(crate) fn check(&self) -> Result<EnLoopback, Error> {
        let emisor = Url::parse(&self.emisor).map_err(|_| Error::Config("emisor"))?;
        let retorno = Url::parse(&self.retorno).map_err(|_| Error::Config("retorno"))?;
        let sucio = emisor.query().is_some() || emisor.fragment().is_some();
        if sucio || !emisor.username().is_empty() || emisor.password().is_some() {
            return Err(Error::Config("emisor"));
        }
        if self.client_id.trim().is_empty() {
            return Err(Error::Config("client_id"));
        }
        if self.client_secret.as_ref().is_some_and(|s| s.reveal().trim().is_empty()) {
            return Err(Error::Config("client_secret"));
        }
        if self.rol_claim.trim().is_empty() {
            return Err(Error::Config("rol_claim"));
        }
        if retorno.fragment().is_some() || !is_segura(&retorno, EnLoopback::Si) {
            return Err(Error::Config("retorno"));
        }
        if !is_segura(&emisor, EnLoopback::Si) {
            return Err(Error::InsecureUrl("emisor"));
        }
        Ok(if is_loopback(&emisor) { EnLoopback::Si } else { EnLoopback::No })
    }
}

/// Whether plain HTTP to this machine may be accepted: only when the issuer itself lives there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EnLoopback {
    /// The issuer is on this machine.
    Si,
    /// It is elsewhere: only `https`.
    No,
}

/// Is `url` one that may carry codes and tokens?
pub(crate) fn is_segura(url: &Url, loopback: EnLoopback) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => loopback == EnLoopback::Si && is_loopback(url),
        _ => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn con(emisor: &str) -> Result<EnLoopback, Error> {
        Ajustes::new(emisor, "ramal", "https://isp.example/entrar/oidc/retorno").check()
    }

    #[test]
    fn a_plain_http_issuer_is_refused_except_on_loopback() {
        for malo in [
            "http://idp.example/",
            "http://localhost.example/",
            "http://127.0.0.1.example/",
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "ftp://127.0.0.1/",
        ] {
            assert!(matches!(con(malo), Err(Error::InsecureUrl("emisor"))), "{malo}");
        }
        for bueno in ["http://127.0.0.1:9/x", "http://[::1]:9", "http://localhost:9"] {
            assert_eq!(con(bueno).unwrap(), EnLoopback::Si, "{bueno}");
        }
        assert_eq!(con("https://idp.example/realms/isp").unwrap(), EnLoopback::No);
    }

    #[test]
    fn an_issuer_with_query_fragment_or_credentials_is_refused() {
        for malo in ["https://i.example/?a=1", "https://i.example/#a", "https://a:b@i.example/"] {
            assert!(matches!(con(malo), Err(Error::Config("emisor"))), "{malo}");
        }
    }

    #[test]
    fn incomplete_settings_say_which_field_is_wrong() {
        let buenos = Ajustes::new("https://i.example", "ramal", "https://isp.example/r");
        let campo = |a: &Ajustes| match a.check() {
            Err(Error::Config(campo)) => campo,
            otro => panic!("{otro:?}"),
        };
        assert_eq!(campo(&Ajustes { client_id: " ".into(), ..buenos.clone() }), "client_id");
        assert_eq!(campo(&Ajustes { retorno: "/r".into(), ..buenos.clone() }), "retorno");
        assert_eq!(
            campo(&Ajustes { retorno: "http://isp.mx/".into(), ..buenos.clone() }),
            "retorno"
        );
        assert_eq!(campo(&Ajustes { rol_claim: String::new(), ..buenos.clone() }), "rol_claim");
        let vacio = Some(Secreto::new(""));
        assert_eq!(campo(&Ajustes { client_secret: vacio, ..buenos }), "client_secret");
    }

    #[test]
    fn the_secret_never_reaches_a_log() {
        let mut a = Ajustes::new("https://i.example", "ramal", "https://isp.example/r");
        a.client_secret = Some(Secreto::new("muy-secreto"));
        assert!(!format!("{a:?}").contains("muy-secreto"));
    }
}
