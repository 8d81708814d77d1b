//! SMTP submission of frozen messages: one account, its connection kept between messages of a
//! batch. It never sends a message twice on its own.

mod config;
mod entrega;
mod linea;
mod respuesta;
mod saludo;

use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::Clock;
use tokio::sync::Mutex;
use tokio_rustls::rustls::ClientConfig;

use super::{CorreoCongelado, Entrega, EnvioCorreo, ResultadoCorreo};
use crate::FallaEnvio;
use entrega::{Estado, Fin, deliver};
use saludo::Sesion;

pub use config::{AccesoSmtp, ConfigSmtp, LimitesSmtp, Seguridad};

/// Time given to a good-bye that nobody needs, ms.
const DESPEDIDA_MS: u64 = 1_000;

/// An account that sends over SMTP, one message at a time.
pub struct Smtp {
    config: ConfigSmtp,
    tls: Arc<ClientConfig>,
    clock: Arc<dyn Clock>,
    sesion: Mutex<Option<Sesion>>,
}

impl Smtp {
    /// An account; it connects when the first message leaves.
    ///
    /// Errors: `Detener` with `Configuracion`: no host, no TLS outside this machine, or a root
    /// certificate that cannot be read.
    pub fn new(config: ConfigSmtp, clock: Arc<dyn Clock>) -> Result<Smtp, FallaEnvio> {
        config.check()?;
        let tls = config.tls()?;
        Ok(Smtp { config, tls, clock, sesion: Mutex::new(None) })
    }

    /// Tries the account without sending anything: connects, identifies itself, says good-bye.
    ///
    /// Errors: what the first message would have met.
    pub async fn check(&self) -> Result<(), FallaEnvio> {
        let sesion = saludo::open(&self.config, &self.tls).await?;
        bye(sesion).await;
        Ok(())
    }

    /// Says good-bye at the end of a batch.
    pub async fn close(&self) {
        if let Some(sesion) = self.sesion.lock().await.take() {
            bye(sesion).await;
        }
    }

    fn is_fresh(&self, sesion: &Sesion) -> bool {
        let ocio = self.clock.now().millis() - sesion.usada_ms;
        (0..=self.config.limites.ocio_ms).contains(&ocio)
    }

    /// Sends over this session and keeps it if it stayed whole; `None` if it was already dead.
    async fn send_over(
        &self,
        mut sesion: Sesion,
        correo: &CorreoCongelado,
        hueco: &mut Option<Sesion>,
    ) -> Option<Result<ResultadoCorreo, FallaEnvio>> {
        let (salida, estado) = match deliver(&mut sesion, correo, &self.config.limites).await {
            Fin::Muerta => return None,
            Fin::Dicho(entregas, estado) => (fate(entregas), estado),
            Fin::Nada(falla, estado) => (Err(falla), estado),
        };
        sesion.enviados += 1;
        sesion.usada_ms = self.clock.now().millis();
        if estado == Estado::Sana {
            if sesion.enviados < self.config.limites.por_conexion {
                *hueco = Some(sesion);
            } else {
                bye(sesion).await;
            }
        }
        Some(salida)
    }
}

#[async_trait]
impl EnvioCorreo for Smtp {
    async fn send(&self, correo: &CorreoCongelado) -> Result<ResultadoCorreo, FallaEnvio> {
        let mut hueco = self.sesion.lock().await;
        if let Some(sesion) = hueco.take().filter(|s| self.is_fresh(s))
            && let Some(salida) = self.send_over(sesion, correo, &mut hueco).await
        {
            return salida;
        }
        let sesion = saludo::open(&self.config, &self.tls).await?;
        let muerta =
            || Err(FallaEnvio::retry("cerrada", "el servidor de correo cerró la conexión"));
        self.send_over(sesion, correo, &mut hueco).await.unwrap_or_else(muerta)
    }
}

/// What befell all of them alike is the result of the whole.
fn fate(entregas: Vec<Entrega>) -> Result<ResultadoCorreo, FallaEnvio> {
    let mut fallas = entregas.iter().map(|e| e.resultado.as_ref().err());
    let primera = fallas.next().flatten().cloned();
    match primera {
        Some(falla) if fallas.all(|f| f == Some(&falla)) => Err(falla),
        _ => Ok(ResultadoCorreo { entregas }),
    }
}

async fn bye(mut sesion: Sesion) {
    // The message is delivered or not by now: a server that does not say good-bye changes nothing.
    let _ = sesion.order("QUIT", DESPEDIDA_MS).await;
}
