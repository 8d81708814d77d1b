//! From the connection to a session that may send: greeting, EHLO, TLS, AUTH. It sends no message.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio_rustls::rustls::ClientConfig;

use super::config::{AccesoSmtp, ConfigSmtp, Seguridad};
use super::linea::{Corte, Linea};
use super::respuesta::{Fase, Respuesta};
use crate::correo::oauth::{FuenteToken, oauthbearer, xoauth2};
use crate::falla::CausaDetener;
use crate::red::configuracion;
use crate::{FallaEnvio, Secreto};

/// What the server offers after EHLO.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Oferta {
    pub(super) starttls: bool,
    pub(super) pipelining: bool,
    pub(super) ocho_bits: bool,
    pub(super) utf8: bool,
    /// Largest message, bytes; `None` if not told.
    pub(super) maximo: Option<usize>,
    mecanismos: Vec<String>,
}

impl Oferta {
    fn read(respuesta: &Respuesta) -> Oferta {
        let mut oferta = Oferta::default();
        for linea in respuesta.lineas.iter().skip(1) {
            // Old servers write `AUTH=LOGIN PLAIN`.
            let linea = linea.to_ascii_uppercase().replace("AUTH=", "AUTH ");
            let mut palabras = linea.split_whitespace();
            match palabras.next() {
                Some("STARTTLS") => oferta.starttls = true,
                Some("PIPELINING") => oferta.pipelining = true,
                Some("8BITMIME") => oferta.ocho_bits = true,
                Some("SMTPUTF8") => oferta.utf8 = true,
                Some("SIZE") => {
                    let bytes = palabras.next().and_then(|n| n.parse().ok());
                    oferta.maximo = bytes.filter(|n| *n > 0);
                }
                Some("AUTH") => oferta.mecanismos.extend(palabras.map(str::to_owned)),
                _ => {}
            }
        }
        oferta
    }

    fn has(&self, mecanismo: &str) -> bool {
        self.mecanismos.iter().any(|m| m == mecanismo)
    }
}

/// An open, protected and identified session.
pub(super) struct Sesion {
    pub(super) linea: Linea,
    pub(super) oferta: Oferta,
    /// Messages sent over it.
    pub(super) enviados: u32,
    /// Last use, UTC ms.
    pub(super) usada_ms: i64,
}

/// What a lost connection means before any message was written: it may be tried again.
pub(super) fn of_corte(corte: Corte) -> FallaEnvio {
    match corte {
        Corte::SinConexion => {
            let mensaje = "no hay conexión con el servidor de correo";
            FallaEnvio::unreachable("sin_conexion", mensaje, None)
        }
        Corte::Cerrada => FallaEnvio::retry("cerrada", "el servidor de correo cerró la conexión"),
        Corte::Tiempo => FallaEnvio::retry("tiempo", "el servidor de correo no respondió a tiempo"),
        Corte::Ilegible => FallaEnvio::retry("dialogo", "lo que respondió el servidor no es SMTP"),
        Corte::Tls(motivo) => FallaEnvio::stop(
            "tls",
            format!("no se confía en el servidor de correo: {motivo}"),
            CausaDetener::Configuracion,
        ),
    }
}

/// Opens a session.
pub(super) async fn open(
    config: &ConfigSmtp,
    tls: &Arc<ClientConfig>,
) -> Result<Sesion, FallaEnvio> {
    let ms = config.limites.conexion_ms;
    let (host, puerto) = (&config.servidor, config.puerto);
    let mut linea = Linea::connect(host, puerto, ms).await.map_err(of_corte)?;
    if config.seguridad == Seguridad::Implicita {
        linea = linea.encrypt(host, tls.clone(), ms).await.map_err(of_corte)?;
    }
    let saludo = linea.reply(config.limites.orden_ms).await.map_err(of_corte)?;
    if !saludo.is_ok() {
        return Err(saludo.falla(Fase::Saludo));
    }
    let mut sesion = Sesion { linea, oferta: Oferta::default(), enviados: 0, usada_ms: 0 };
    sesion.greet(config).await?;
    if config.seguridad == Seguridad::StartTls {
        sesion = sesion.start_tls(config, tls).await?;
    }
    if let Some(acceso) = &config.acceso {
        sesion.identify(config, acceso).await?;
    }
    Ok(sesion)
}

impl Sesion {
    /// One command and its reply.
    pub(super) async fn order(&mut self, orden: &str, ms: u64) -> Result<Respuesta, Corte> {
        self.linea.write(format!("{orden}\r\n").as_bytes(), ms).await?;
        self.linea.reply(ms).await
    }

    async fn greet(&mut self, config: &ConfigSmtp) -> Result<(), FallaEnvio> {
        let ms = config.limites.orden_ms;
        let orden = format!("EHLO {}", config.nombre);
        let mut respuesta = self.order(&orden, ms).await.map_err(of_corte)?;
        if matches!(respuesta.codigo, 500..=504) {
            let orden = format!("HELO {}", config.nombre);
            respuesta = self.order(&orden, ms).await.map_err(of_corte)?;
        }
        if !respuesta.is_ok() {
            return Err(respuesta.falla(Fase::Saludo));
        }
        self.oferta = Oferta::read(&respuesta);
        Ok(())
    }

    async fn start_tls(
        mut self,
        config: &ConfigSmtp,
        tls: &Arc<ClientConfig>,
    ) -> Result<Sesion, FallaEnvio> {
        if !self.oferta.starttls {
            let mensaje = "el servidor no ofrece STARTTLS: no se envía sin cifrar; pruebe TLS en \
                           el puerto 465";
            return Err(configuracion(mensaje.into()));
        }
        let ms = config.limites.orden_ms;
        let respuesta = self.order("STARTTLS", ms).await.map_err(of_corte)?;
        if respuesta.codigo != 220 {
            return Err(respuesta.falla(Fase::Saludo));
        }
        let linea = self.linea.encrypt(&config.servidor, tls.clone(), config.limites.conexion_ms);
        self.linea = linea.await.map_err(of_corte)?;
        // What was offered before the cipher counts for nothing.
        self.greet(config).await?;
        Ok(self)
    }

    async fn identify(
        &mut self,
        config: &ConfigSmtp,
        acceso: &AccesoSmtp,
    ) -> Result<(), FallaEnvio> {
        if !self.linea.is_cifrada() && !config.is_local() {
            return Err(configuracion("la contraseña no viaja sin cifrar".into()));
        }
        match acceso {
            AccesoSmtp::Clave { usuario, clave } => self.password(config, usuario, clave).await,
            AccesoSmtp::Oauth { usuario, fuente } => {
                self.token(config, usuario, fuente.as_ref()).await
            }
        }
    }

    async fn password(
        &mut self,
        config: &ConfigSmtp,
        usuario: &str,
        clave: &Secreto,
    ) -> Result<(), FallaEnvio> {
        let ms = config.limites.orden_ms;
        let clave = clave.expose();
        let respuesta = if self.oferta.has("PLAIN") {
            let inicial = STANDARD.encode(format!("\0{usuario}\0{clave}"));
            self.order(&format!("AUTH PLAIN {inicial}"), ms).await.map_err(of_corte)?
        } else if self.oferta.has("LOGIN") {
            self.login(usuario, clave, ms).await.map_err(of_corte)?
        } else {
            let mensaje = "el servidor no acepta contraseña (AUTH PLAIN o LOGIN): use OAuth";
            return Err(configuracion(mensaje.into()));
        };
        accepted(&respuesta)
    }

    async fn login(&mut self, usuario: &str, clave: &str, ms: u64) -> Result<Respuesta, Corte> {
        let respuesta = self.order("AUTH LOGIN", ms).await?;
        if respuesta.codigo != 334 {
            return Ok(respuesta);
        }
        let respuesta = self.order(&STANDARD.encode(usuario), ms).await?;
        if respuesta.codigo != 334 {
            return Ok(respuesta);
        }
        self.order(&STANDARD.encode(clave), ms).await
    }

    /// A token may have been revoked before its time: it is renewed once.
    async fn token(
        &mut self,
        config: &ConfigSmtp,
        usuario: &str,
        fuente: &dyn FuenteToken,
    ) -> Result<(), FallaEnvio> {
        let token = fuente.token().await?;
        let respuesta = self.bearer(config, usuario, &token).await?;
        if respuesta.codigo != 535 {
            return accepted(&respuesta);
        }
        let token = fuente.renew(&token).await?;
        accepted(&self.bearer(config, usuario, &token).await?)
    }

    async fn bearer(
        &mut self,
        config: &ConfigSmtp,
        usuario: &str,
        token: &Secreto,
    ) -> Result<Respuesta, FallaEnvio> {
        let ms = config.limites.orden_ms;
        let (orden, renuncia) = if self.oferta.has("OAUTHBEARER") {
            let inicial = oauthbearer(usuario, &config.servidor, config.puerto, token);
            (format!("AUTH OAUTHBEARER {inicial}"), "AQ==")
        } else if self.oferta.has("XOAUTH2") {
            (format!("AUTH XOAUTH2 {}", xoauth2(usuario, token)), "")
        } else {
            let mensaje = "el servidor no acepta OAuth (AUTH XOAUTH2 u OAUTHBEARER)";
            return Err(configuracion(mensaje.into()));
        };
        let respuesta = self.order(&orden, ms).await.map_err(of_corte)?;
        // The challenge tells why it failed; the refusal itself comes after it is answered.
        if respuesta.codigo == 334 {
            return self.order(renuncia, ms).await.map_err(of_corte);
        }
        Ok(respuesta)
    }
}

fn accepted(respuesta: &Respuesta) -> Result<(), FallaEnvio> {
    if respuesta.is_ok() { Ok(()) } else { Err(respuesta.falla(Fase::Acceso)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_offers_is_read_in_every_spelling() {
        let lineas = [
            "mx.example",
            "SIZE 35882577",
            "8BITMIME",
            "starttls",
            "PIPELINING",
            "AUTH PLAIN login",
            "AUTH=XOAUTH2",
            "SMTPUTF8",
        ];
        let lineas = lineas.map(str::to_owned).to_vec();
        let oferta = Oferta::read(&Respuesta { codigo: 250, lineas });
        assert!(oferta.starttls && oferta.pipelining && oferta.ocho_bits && oferta.utf8);
        assert_eq!(oferta.maximo, Some(35_882_577));
        assert!(oferta.has("LOGIN") && oferta.has("PLAIN") && oferta.has("XOAUTH2"));
        let nada = Oferta::read(&Respuesta { codigo: 250, lineas: vec!["SIZE 0".into()] });
        assert_eq!(nada, Oferta::default());
    }
}
