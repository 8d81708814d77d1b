//! Where each authority answers and with which secrets. It reads no file and no environment: the
//! binary fills it in.

use std::fmt;

use reqwest::Url;

use crate::Falla;

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secreto(String);

impl Secreto {
    /// Wraps it.
    pub fn new(texto: impl Into<String>) -> Secreto {
        Secreto(texto.into())
    }

    /// The text, for the wire only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secreto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secreto(***)")
    }
}

/// Which installation of the authority answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entorno {
    /// Emulator at a base address, `http://127.0.0.1:8081`; plain HTTP is allowed.
    Emulado(String),
    /// The authority's own test installation.
    Prueba,
    /// The real one.
    Produccion,
    /// Another base address of the same protocol (an OSE, a proxy); HTTPS only.
    Propio(String),
}

impl Entorno {
    /// Base address, without a final slash.
    ///
    /// Errors: `Falla::Configuracion` if an address of the configuration is no URL, or is HTTP
    /// outside the emulator.
    pub(crate) fn base(&self, prueba: &str, produccion: &str) -> Result<String, Falla> {
        let texto = match self {
            Entorno::Emulado(base) | Entorno::Propio(base) => base.as_str(),
            Entorno::Prueba => prueba,
            Entorno::Produccion => produccion,
        };
        let url = Url::parse(texto).map_err(|e| Falla::Configuracion(format!("{texto}: {e}")))?;
        let plano = url.scheme() == "http" && matches!(self, Entorno::Emulado(_));
        if url.scheme() != "https" && !plano {
            return Err(Falla::Configuracion(format!("{texto}: debe empezar con https://")));
        }
        Ok(texto.trim_end_matches('/').to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_reach_the_log_and_plain_http_is_for_emulators() {
        assert_eq!(format!("{:?}", Secreto::new("moddatos")), "Secreto(***)");
        let base = |e: Entorno| e.base("https://t.example", "https://p.example");
        assert_eq!(
            base(Entorno::Emulado("http://127.0.0.1:9/".into())).unwrap(),
            "http://127.0.0.1:9"
        );
        assert_eq!(base(Entorno::Produccion).unwrap(), "https://p.example");
        assert!(base(Entorno::Propio("http://ose.example".into())).is_err());
        assert!(base(Entorno::Emulado("ftp://x".into())).is_err());
        assert!(base(Entorno::Propio("no es una dirección".into())).is_err());
    }
}
