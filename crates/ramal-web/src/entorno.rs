//! What the whole site shares: how it runs, its public address and the key that signs what travels
//! through the browser. It reads no environment: the binary fills it in.

use std::fmt;

use aws_lc_rs::{constant_time, hmac};

/// How the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modo {
    /// Demonstration: emulated peers, made-up data, plain HTTP.
    Demo,
    /// A laptop or a trial: plain HTTP allowed.
    Prueba,
    /// Real customers: HTTPS and secrets of one's own.
    Produccion,
}

/// Settings of the site.
#[derive(Clone, Debug)]
pub struct Entorno {
    /// How the program runs.
    pub modo: Modo,
    /// Address that people use, without a final slash: `https://ramal.ejemplo.pe`.
    pub url_publica: String,
    /// Key of what is signed for the browser.
    pub firma: Firma,
}

impl Entorno {
    /// Settings of tests: plain HTTP, a fixed key.
    pub fn prueba() -> Entorno {
        Entorno {
            modo: Modo::Prueba,
            url_publica: "http://localhost".to_owned(),
            firma: Firma::new(&[7; 32]),
        }
    }

    /// Whether cookies carry `Secure`.
    pub fn is_https(&self) -> bool {
        self.url_publica.starts_with("https://")
    }
}

/// Signs and checks short texts that the browser keeps for us (HMAC-SHA256). Not for secrets: the
/// text stays readable.
#[derive(Clone)]
pub struct Firma(hmac::Key);

impl fmt::Debug for Firma {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Firma(***)")
    }
}

impl Firma {
    /// From 32 bytes that only the server knows.
    pub fn new(clave: &[u8; 32]) -> Firma {
        Firma(hmac::Key::new(hmac::HMAC_SHA256, clave))
    }

    /// The mark of a text for one use; marks of two uses never meet.
    pub fn mark(&self, uso: &str, texto: &str) -> Vec<u8> {
        let mut contexto = hmac::Context::with_key(&self.0);
        contexto.update(&(uso.len() as u64).to_be_bytes());
        contexto.update(uso.as_bytes());
        contexto.update(texto.as_bytes());
        contexto.sign().as_ref().to_vec()
    }

    /// `texto.marca`, the mark in hexadecimal.
    pub fn sign(&self, uso: &str, texto: &str) -> String {
        format!("{texto}.{}", hex::encode(self.mark(uso, texto)))
    }

    /// The text of what [`Self::sign`] gave; `None` if it was touched or is of another use.
    pub fn open<'a>(&self, uso: &str, firmado: &'a str) -> Option<&'a str> {
        let (texto, marca) = firmado.rsplit_once('.')?;
        let marca = hex::decode(marca).ok()?;
        let buena = self.mark(uso, texto);
        constant_time::verify_slices_are_equal(&buena, &marca).is_ok().then_some(texto)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_touched_text_or_another_use_does_not_open() {
        let firma = Firma::new(&[1; 32]);
        let firmado = firma.sign("volver", "/admin/clientes?q=a.b");
        assert_eq!(firma.open("volver", &firmado), Some("/admin/clientes?q=a.b"));
        assert_eq!(firma.open("aviso", &firmado), None);
        assert_eq!(firma.open("volver", &firmado.replace("clientes", "usuarios")), None);
        assert_eq!(Firma::new(&[2; 32]).open("volver", &firmado), None);
    }
}
