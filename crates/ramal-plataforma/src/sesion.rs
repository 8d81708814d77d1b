//! Sessions: the token in the browser, how long it lasts, and what a live one brings to a request.
//! The token itself is never kept, only its SHA-256.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ramal_base::{Id, Instante};
use ramal_web::Entorno;
use sha2::{Digest, Sha256};

use crate::identidad::Ambito;
use crate::usuario::{EstadoUsuario, UsuarioId};
use crate::{Error, SelloError};

/// Identifier of a session.
pub type SesionId = Id<Sesion>;

/// A session that nobody uses ends after this, in milliseconds.
pub const OCIO_MS: i64 = 12 * 3_600_000;
/// Every session ends after this, in milliseconds.
pub const VIDA_MS: i64 = 7 * 86_400_000;
/// The last use is written at most this often, in milliseconds.
pub const ANOTAR_CADA_MS: i64 = 60_000;
/// How long the token before a rotation is still taken, for requests that crossed it.
pub const GRACIA_MS: i64 = 60_000;

/// How somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metodo {
    /// E-mail and password.
    Contrasena,
    /// The same, and a code of the telephone.
    Codigo,
    /// An identity provider.
    Oidc,
}

impl Metodo {
    /// `contrasena`, `codigo` or `oidc`.
    pub fn as_str(self) -> &'static str {
        match self {
            Metodo::Contrasena => "contrasena",
            Metodo::Codigo => "codigo",
            Metodo::Oidc => "oidc",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn parse(texto: &str) -> Option<Metodo> {
        match texto {
            "contrasena" => Some(Metodo::Contrasena),
            "codigo" => Some(Metodo::Codigo),
            "oidc" => Some(Metodo::Oidc),
            _ => None,
        }
    }
}

/// A session as its owner sees it in his list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sesion {
    /// Identifier.
    pub id: SesionId,
    /// How it was opened.
    pub metodo: Metodo,
    /// From which address; `-` if it is not known.
    pub direccion: String,
    /// Browser and system, in words.
    pub agente: String,
    /// When it was opened.
    pub creada: Instante,
    /// Last use, to the minute.
    pub ultima: Instante,
}

/// A session with all that one request needs of it.
#[derive(Clone, Debug)]
pub struct Viva {
    /// Identifier.
    pub id: SesionId,
    /// Whose.
    pub usuario: UsuarioId,
    /// His name.
    pub nombre: String,
    pub(crate) estado: EstadoUsuario,
    pub(crate) es_la_actual: bool,
    pub(crate) rotada: Option<Instante>,
    pub(crate) rotar: bool,
    pub(crate) ultima: Instante,
    pub(crate) vence: Instante,
    pub(crate) ambitos: Vec<Ambito>,
}

impl Viva {
    /// Whether it is still good: not expired, not idle, its user active, its token the current one
    /// or the one just replaced.
    pub(crate) fn is_good(&self, ahora: Instante) -> bool {
        let desde = |i: Instante| ahora.millis().saturating_sub(i.millis());
        let cruzada = self.rotada.is_some_and(|r| desde(r) <= GRACIA_MS);
        self.estado == EstadoUsuario::Activo
            && ahora < self.vence
            && desde(self.ultima) < OCIO_MS
            && (self.es_la_actual || cruzada)
    }

    /// Whether its last use is old enough to be written again.
    pub(crate) fn is_unnoted(&self, ahora: Instante) -> bool {
        ahora.millis().saturating_sub(self.ultima.millis()) >= ANOTAR_CADA_MS
    }
}

/// The session of a request, for handlers that act on it.
#[derive(Clone, Debug)]
pub struct SesionActual {
    /// Identifier.
    pub id: SesionId,
    /// Whose.
    pub usuario: UsuarioId,
}

/// A new token of 256 random bits, 43 characters.
pub fn new_token() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| SelloError::Azar)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Digest of a token as it is kept.
pub fn huella(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Name of the session's cookie: bound to the host where there is HTTPS.
pub fn galleta(entorno: &Entorno) -> &'static str {
    if entorno.is_https() { "__Host-ramal_sesion" } else { "ramal_sesion" }
}

/// Name of the visitor's cookie, from which his form tokens are made.
pub const VISITA: &str = "ramal_visita";

/// A cookie of this site alone, out of reach of scripts. `segundos` is its age; 0 removes it.
pub fn cookie(entorno: &Entorno, nombre: &str, valor: &str, segundos: i64) -> Option<HeaderValue> {
    let seguro = if entorno.is_https() { "; Secure" } else { "" };
    let texto =
        format!("{nombre}={valor}; Path=/; HttpOnly; SameSite=Lax; Max-Age={segundos}{seguro}");
    HeaderValue::from_str(&texto).ok()
}

/// The browser and the system of a `User-Agent`, in words: `Firefox en Windows`.
pub fn resumen_agente(texto: &str) -> String {
    const NAVEGADORES: &[(&str, &str)] = &[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SISTEMAS: &[(&str, &str)] = &[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let hallado = |lista: &[(&str, &'static str)]| {
        lista.iter().find(|(marca, _)| texto.contains(marca)).map(|(_, nombre)| *nombre)
    };
    match (hallado(NAVEGADORES), hallado(SISTEMAS)) {
        (Some(navegador), Some(sistema)) => format!("{navegador} en {sistema}"),
        (Some(uno), None) | (None, Some(uno)) => uno.to_owned(),
        (None, None) => "Navegador desconocido".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_said_in_words() {
        let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/128.0";
        assert_eq!(resumen_agente(firefox), "Firefox en Windows");
        let chrome =
            "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/126.0 Safari/537.36";
        assert_eq!(resumen_agente(chrome), "Chrome en Android");
        assert_eq!(resumen_agente("<script>"), "Navegador desconocido");
    }

    #[test]
    fn the_cookie_of_a_session_is_bound_to_its_host() {
        let mut entorno = Entorno::prueba();
        assert_eq!(galleta(&entorno), "ramal_sesion");
        entorno.url_publica = "https://ramal.ejemplo.pe".into();
        let texto = cookie(&entorno, galleta(&entorno), "x", 9).unwrap();
        let esperado = "__Host-ramal_sesion=x; Path=/; HttpOnly; SameSite=Lax; Max-Age=9; Secure";
        assert_eq!(texto.to_str().unwrap(), esperado);
    }
}
