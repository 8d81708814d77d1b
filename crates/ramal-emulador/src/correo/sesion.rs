//! One conversation of the mail server: commands in their order, and the message to its dot. It
//! keeps nothing itself.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio_rustls::TlsAcceptor;

use super::Emulador;
use super::buzon::Recibido;

/// Longest line of a command, bytes.
const MAX_LINEA: u64 = 12_288;
/// Largest message, bytes.
pub const MAX_CORREO: usize = 30 * 1024 * 1024;
/// Silence after which a connection is closed, ms.
const PACIENCIA_MS: u64 = 300_000;

trait Flujo: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Flujo for T {}

type Cable = BufReader<Box<dyn Flujo>>;

/// Why a conversation ended.
#[derive(Debug)]
pub struct Fin;

impl From<std::io::Error> for Fin {
    fn from(_: std::io::Error) -> Fin {
        Fin
    }
}

/// A conversation.
struct Sesion {
    emulador: Arc<Emulador>,
    cable: Cable,
    cifrado: bool,
    saludado: bool,
    usuario: Option<String>,
    de: Option<String>,
    para: Vec<String>,
}

/// Attends one connection to its end.
pub async fn attend<F>(emulador: Arc<Emulador>, flujo: F, tls: Option<TlsAcceptor>)
where
    F: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut sesion = Sesion {
        emulador,
        cable: BufReader::new(Box::new(flujo)),
        cifrado: false,
        saludado: false,
        usuario: None,
        de: None,
        para: Vec::new(),
    };
    // The other side may hang up at any point: that is its right.
    let _ = sesion.run(tls).await;
}

impl Sesion {
    async fn run(&mut self, tls: Option<TlsAcceptor>) -> Result<(), Fin> {
        if self.emulador.mando.fires(|i| &mut i.cortar_saludo) {
            return Ok(());
        }
        self.say("220 correo.emulado ESMTP Ramal").await?;
        loop {
            let linea = self.line().await?;
            let (orden, resto) = linea.split_once(' ').unwrap_or((&linea, ""));
            let resto = resto.trim();
            match orden.to_ascii_uppercase().as_str() {
                "EHLO" | "HELO" => self.greet(orden, resto, tls.is_some()).await?,
                "STARTTLS" => self.start_tls(tls.as_ref()).await?,
                "AUTH" => self.identify(resto).await?,
                "MAIL" => self.mail(resto).await?,
                "RCPT" => self.recipient(resto).await?,
                "DATA" => self.data().await?,
                "RSET" => {
                    self.forget();
                    self.say("250 2.0.0 Ok").await?;
                }
                "NOOP" => self.say("250 2.0.0 Ok").await?,
                "QUIT" => return self.say("221 2.0.0 Adios").await,
                _ => self.say("500 5.5.2 Unknown command").await?,
            }
        }
    }

    async fn say(&mut self, texto: &str) -> Result<(), Fin> {
        let ms = self.emulador.mando.get(|i| i.latencia_ms);
        if ms > 0 {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
        self.cable.get_mut().write_all(format!("{texto}\r\n").as_bytes()).await?;
        self.cable.get_mut().flush().await?;
        Ok(())
    }

    async fn line(&mut self) -> Result<String, Fin> {
        let bytes = self.raw_line(MAX_LINEA).await?;
        let linea = bytes.strip_suffix(b"\r\n").ok_or(Fin)?;
        String::from_utf8(linea.to_vec()).map_err(|_| Fin)
    }

    async fn raw_line(&mut self, maximo: u64) -> Result<Vec<u8>, Fin> {
        let mut linea = Vec::new();
        let mut tramo = (&mut self.cable).take(maximo);
        let leer = tramo.read_until(b'\n', &mut linea);
        let paciencia = Duration::from_millis(PACIENCIA_MS);
        let leidos = tokio::time::timeout(paciencia, leer).await.map_err(|_| Fin)??;
        if leidos == 0 { Err(Fin) } else { Ok(linea) }
    }

    fn forget(&mut self) {
        self.de = None;
        self.para.clear();
    }

    async fn greet(&mut self, orden: &str, nombre: &str, con_tls: bool) -> Result<(), Fin> {
        if nombre.is_empty() {
            return self.say("501 5.5.4 A name is needed").await;
        }
        self.forget();
        self.saludado = true;
        if orden.eq_ignore_ascii_case("HELO") {
            return self.say("250 correo.emulado").await;
        }
        let mut lineas = vec![
            "correo.emulado".to_owned(),
            format!("SIZE {MAX_CORREO}"),
            "8BITMIME".to_owned(),
            "ENHANCEDSTATUSCODES".to_owned(),
            "PIPELINING".to_owned(),
        ];
        if con_tls && !self.cifrado {
            lineas.push("STARTTLS".to_owned());
        }
        if self.emulador.opciones.cuenta.is_some() && (self.cifrado || !con_tls) {
            lineas.push("AUTH PLAIN LOGIN".to_owned());
        }
        let ultima = lineas.len() - 1;
        for (i, linea) in lineas.iter().enumerate() {
            let marca = if i == ultima { ' ' } else { '-' };
            self.say(&format!("250{marca}{linea}")).await?;
        }
        Ok(())
    }

    async fn start_tls(&mut self, tls: Option<&TlsAcceptor>) -> Result<(), Fin> {
        let Some(tls) = tls.filter(|_| !self.cifrado) else {
            return self.say("502 5.5.1 Not offered").await;
        };
        self.say("220 2.0.0 Ready").await?;
        // What was sent before the cipher is not obeyed.
        if !self.cable.buffer().is_empty() {
            return Err(Fin);
        }
        let vacio: Box<dyn Flujo> = Box::new(tokio::io::empty());
        let flujo = std::mem::replace(&mut self.cable, BufReader::new(vacio)).into_inner();
        let cifrado = tls.accept(flujo).await?;
        self.cable = BufReader::new(Box::new(cifrado));
        self.cifrado = true;
        self.saludado = false;
        self.usuario = None;
        self.forget();
        Ok(())
    }

    async fn identify(&mut self, resto: &str) -> Result<(), Fin> {
        let Some((usuario, clave)) = self.emulador.opciones.cuenta.clone() else {
            return self.say("502 5.5.1 AUTH is not offered").await;
        };
        if !self.saludado || self.usuario.is_some() {
            return self.say("503 5.5.1 Bad sequence of commands").await;
        }
        let (mecanismo, inicial) = resto.split_once(' ').unwrap_or((resto, ""));
        let dados = match mecanismo.to_ascii_uppercase().as_str() {
            "PLAIN" => self.plain(inicial).await?,
            "LOGIN" => self.login(inicial).await?,
            _ => return self.say("504 5.5.4 Unknown mechanism").await,
        };
        let bien = dados == Some((usuario.clone(), clave));
        if !bien || self.emulador.mando.fires(|i| &mut i.clave_rechazada) {
            return self.say("535 5.7.8 Authentication credentials invalid").await;
        }
        self.usuario = Some(usuario);
        self.say("235 2.7.0 Authentication successful").await
    }

    async fn plain(&mut self, inicial: &str) -> Result<Option<(String, String)>, Fin> {
        let texto = if inicial.is_empty() { self.ask("").await? } else { inicial.to_owned() };
        let Some(texto) = decode(&texto) else {
            return Ok(None);
        };
        let mut partes = texto.split('\0').skip(1).map(str::to_owned);
        Ok(partes.next().zip(partes.next()))
    }

    async fn login(&mut self, inicial: &str) -> Result<Option<(String, String)>, Fin> {
        let usuario =
            if inicial.is_empty() { self.ask("Username:").await? } else { inicial.to_owned() };
        let clave = self.ask("Password:").await?;
        Ok(decode(&usuario).zip(decode(&clave)))
    }

    async fn ask(&mut self, pregunta: &str) -> Result<String, Fin> {
        self.say(&format!("334 {}", STANDARD.encode(pregunta))).await?;
        self.line().await
    }

    async fn mail(&mut self, resto: &str) -> Result<(), Fin> {
        if !self.saludado || self.de.is_some() {
            return self.say("503 5.5.1 Bad sequence of commands").await;
        }
        if self.emulador.opciones.exige_tls && !self.cifrado {
            return self.say("530 5.7.0 Must issue a STARTTLS command first").await;
        }
        if self.emulador.opciones.cuenta.is_some() && self.usuario.is_none() {
            return self.say("530 5.7.0 Authentication required").await;
        }
        let Some((direccion, parametros)) = path(resto, "FROM:") else {
            return self.say("501 5.5.4 Syntax: MAIL FROM:<address>").await;
        };
        let pesa = parametros.split(' ').find_map(|p| p.strip_prefix("SIZE=")?.parse().ok());
        if pesa.is_some_and(|n: usize| n > MAX_CORREO) {
            return self.say("552 5.3.4 Message too big").await;
        }
        self.de = Some(direccion);
        self.say("250 2.1.0 Ok").await
    }

    async fn recipient(&mut self, resto: &str) -> Result<(), Fin> {
        if self.de.is_none() {
            return self.say("503 5.5.1 Bad sequence of commands").await;
        }
        let leida = path(resto, "TO:").filter(|(d, _)| d.contains('@'));
        let Some((direccion, _)) = leida else {
            return self.say("501 5.1.3 Syntax: RCPT TO:<address>").await;
        };
        let mando = &self.emulador.mando;
        let desconocido = mando.get(|i| i.desconocidos.contains(&direccion));
        if desconocido || mando.fires(|i| &mut i.rechazar) {
            return self.say("550 5.1.1 User unknown").await;
        }
        if mando.get(|i| i.lista_gris) && self.emulador.is_new(&direccion) {
            return self.say("451 4.7.1 Greylisted, try again later").await;
        }
        self.para.push(direccion);
        self.say("250 2.1.5 Ok").await
    }

    async fn data(&mut self) -> Result<(), Fin> {
        if self.para.is_empty() {
            return self.say("503 5.5.1 Bad sequence of commands").await;
        }
        self.say("354 End data with <CR><LF>.<CR><LF>").await?;
        let Some(bytes) = self.read_message().await? else {
            self.forget();
            return self.say("552 5.3.4 Message too big").await;
        };
        let veredicto = self.judge(&bytes);
        let (de, para) = (self.de.take().unwrap_or_default(), std::mem::take(&mut self.para));
        if let Some(rechazo) = veredicto {
            return self.say(rechazo).await;
        }
        let momento = self.emulador.opciones.clock.now().millis();
        let mut recibido = Recibido::new(momento, &de, &para, &bytes);
        recibido.cifrado = self.cifrado;
        recibido.usuario.clone_from(&self.usuario);
        let Ok(numero) = self.emulador.mailbox().keep(&recibido) else {
            return self.say("451 4.3.0 Could not be kept").await;
        };
        if self.emulador.mando.fires(|i| &mut i.cortar_tras_el_punto) {
            return Err(Fin);
        }
        if self.emulador.mando.fires(|i| &mut i.colgar_tras_el_punto) {
            // Nothing more is said; the other side hangs up when it is tired.
            let _ = self.raw_line(MAX_LINEA).await;
            return Err(Fin);
        }
        self.say(&format!("250 2.0.0 Ok: queued as {numero}")).await
    }

    /// Reason not to keep a message.
    fn judge(&self, bytes: &[u8]) -> Option<&'static str> {
        let mando = &self.emulador.mando;
        if bare_line_feed(bytes) {
            return Some("550 5.6.11 Bare line feeds are not accepted");
        }
        if mando.fires(|i| &mut i.despues) {
            return Some("451 4.3.0 Try again later");
        }
        mando.fires(|i| &mut i.spam).then_some("554 5.7.1 Message looks like spam")
    }

    /// The message to its dot, stuffing undone; `None` if it was too big.
    async fn read_message(&mut self) -> Result<Option<Vec<u8>>, Fin> {
        let corta = self.emulador.mando.fires(|i| &mut i.cortar_antes_del_punto);
        let mut bytes = Vec::new();
        let mut grande = false;
        loop {
            let linea = self.raw_line(MAX_CORREO as u64).await?;
            if corta {
                return Err(Fin);
            }
            if linea == b".\r\n" {
                return Ok((!grande).then_some(bytes));
            }
            grande |= bytes.len() + linea.len() > MAX_CORREO;
            if !grande {
                bytes.extend_from_slice(linea.strip_prefix(b".").unwrap_or(&linea));
            }
        }
    }
}

/// `FROM:<a@b> X=1` to its address and its parameters.
fn path(resto: &str, clave: &str) -> Option<(String, String)> {
    let cabeza = resto.get(..clave.len()).filter(|c| c.eq_ignore_ascii_case(clave))?;
    let resto = resto.get(cabeza.len()..)?.trim_start().strip_prefix('<')?;
    let (direccion, parametros) = resto.split_once('>')?;
    let limpia = !direccion.contains(|c: char| c.is_whitespace() || c.is_control() || c == '<');
    limpia.then(|| (direccion.to_owned(), parametros.trim().to_ascii_uppercase()))
}

fn decode(texto: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(texto).ok()?).ok()
}

fn bare_line_feed(bytes: &[u8]) -> bool {
    let solo = |par: &[u8]| par.last() == Some(&b'\n') && par.first() != Some(&b'\r');
    bytes.first() == Some(&b'\n') || bytes.windows(2).any(solo)
}
