//! The wire: bytes out, replies in, plain or over TLS, each with its time limit. It knows no
//! command.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use super::respuesta::Respuesta;

/// Longest line of a reply, bytes; the norm says 512.
const MAX_LINEA: usize = 4_096;
/// Most lines of a reply.
const MAX_LINEAS: usize = 100;

/// Why there is no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Corte {
    /// Connection refused or host unknown.
    SinConexion,
    /// Closed or broken.
    Cerrada,
    /// The limit passed.
    Tiempo,
    /// Certificate or protocol of TLS refused.
    Tls(String),
    /// What came is no reply.
    Ilegible,
}

trait Flujo: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Flujo for T {}

/// An open connection.
pub(super) struct Linea {
    flujo: Box<dyn Flujo>,
    leido: Vec<u8>,
    cifrada: bool,
}

impl Linea {
    pub(super) async fn connect(host: &str, puerto: u16, ms: u64) -> Result<Linea, Corte> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let flujo = within(ms, TcpStream::connect((host, puerto))).await?;
        let flujo = flujo.map_err(|_| Corte::SinConexion)?;
        // Small commands and their answers alternate: waiting to fill a packet only costs time.
        let _ = flujo.set_nodelay(true);
        Ok(Linea { flujo: Box::new(flujo), leido: Vec::new(), cifrada: false })
    }

    /// The same connection over TLS.
    ///
    /// Anything that came before the handshake is refused: somebody could have put it there.
    pub(super) async fn encrypt(
        self,
        host: &str,
        config: Arc<ClientConfig>,
        ms: u64,
    ) -> Result<Linea, Corte> {
        if !self.leido.is_empty() {
            return Err(Corte::Tls("llegaron órdenes antes del cifrado".into()));
        }
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let nombre = ServerName::try_from(host).map_err(|e| Corte::Tls(e.to_string()))?;
        let cifrado = TlsConnector::from(config).connect(nombre, self.flujo);
        let flujo = within(ms, cifrado).await?.map_err(of_tls)?;
        Ok(Linea { flujo: Box::new(flujo), leido: Vec::new(), cifrada: true })
    }

    pub(super) fn is_cifrada(&self) -> bool {
        self.cifrada
    }

    pub(super) async fn write(&mut self, bytes: &[u8], ms: u64) -> Result<(), Corte> {
        let escribir = async {
            self.flujo.write_all(bytes).await?;
            self.flujo.flush().await
        };
        within(ms, escribir).await?.map_err(|_| Corte::Cerrada)
    }

    pub(super) async fn reply(&mut self, ms: u64) -> Result<Respuesta, Corte> {
        within(ms, self.read_reply()).await?
    }

    async fn read_reply(&mut self) -> Result<Respuesta, Corte> {
        let mut lineas = Vec::new();
        let mut codigo = None;
        while lineas.len() < MAX_LINEAS {
            let (este, sigue, texto) = split(&self.line().await?).ok_or(Corte::Ilegible)?;
            if codigo.is_some_and(|c| c != este) {
                return Err(Corte::Ilegible);
            }
            codigo = Some(este);
            lineas.push(texto);
            if !sigue {
                return Ok(Respuesta { codigo: este, lineas });
            }
        }
        Err(Corte::Ilegible)
    }

    async fn line(&mut self) -> Result<Vec<u8>, Corte> {
        loop {
            if let Some(fin) = self.leido.iter().position(|b| *b == b'\n') {
                let mut linea: Vec<u8> = self.leido.drain(..=fin).collect();
                linea.truncate(fin);
                return Ok(linea);
            }
            if self.leido.len() > MAX_LINEA {
                return Err(Corte::Ilegible);
            }
            let mut parte = [0; 1_024];
            match self.flujo.read(&mut parte).await {
                Ok(0) | Err(_) => return Err(Corte::Cerrada),
                Ok(n) => self.leido.extend(parte.iter().take(n)),
            }
        }
    }
}

/// Code, whether more lines follow, and text.
fn split(linea: &[u8]) -> Option<(u16, bool, String)> {
    let texto = String::from_utf8_lossy(linea);
    let texto = texto.trim_end_matches('\r');
    let codigo = texto.get(..3).filter(|c| c.bytes().all(|b| b.is_ascii_digit()))?;
    let resto = texto.get(3..)?;
    let sigue = match resto.chars().next() {
        None | Some(' ') => false,
        Some('-') => true,
        Some(_) => return None,
    };
    Some((codigo.parse().ok()?, sigue, resto.get(1..).unwrap_or_default().trim().to_owned()))
}

async fn within<F: Future>(ms: u64, hacer: F) -> Result<F::Output, Corte> {
    timeout(Duration::from_millis(ms), hacer).await.map_err(|_| Corte::Tiempo)
}

/// A refused certificate is for people to look at; a cut connection is not.
fn of_tls(error: std::io::Error) -> Corte {
    match error.kind() {
        std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => {
            Corte::Tls(error.to_string())
        }
        _ => Corte::Cerrada,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_a_code_and_a_mark_and_nothing_looser() {
        assert_eq!(split(b"250-SIZE 10\r"), Some((250, true, "SIZE 10".into())));
        assert_eq!(split(b"250 OK\r"), Some((250, false, "OK".into())));
        assert_eq!(split(b"250"), Some((250, false, String::new())));
        for mala in [&b"25"[..], b"", b"2x0 OK", b"250x", b"HTTP/1.1 200 OK", "25ñ OK".as_bytes()]
        {
            assert_eq!(split(mala), None, "{mala:?}");
        }
    }
}
