//! The door to the channels: who carries messages of a line and letters of the mailbox. The one
//! here reads addresses from the settings and opens the sealed secrets, so that a change in the
//! settings counts from the next message on.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use ramal_base::Clock;
use ramal_canales::whatsapp::{ConfigWhatsapp, Whatsapp};
use ramal_canales::{CausaDetener, EnvioCorreo, EnvioWhatsapp, FallaEnvio, Secreto};
use ramal_db::Db;
use ramal_plataforma::{Sello, get_secret};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::buzon::{self, Casa};
use crate::storage::lineas::Linea;

/// Channels of the company. Errors of both: what to do with the message, as if the channel had
/// said it.
#[async_trait]
pub trait Canales: Send + Sync {
    /// The line.
    async fn whatsapp(&self, linea: &Linea) -> Result<Arc<dyn EnvioWhatsapp>, FallaEnvio>;

    /// The mailbox.
    async fn correo(&self) -> Result<Arc<dyn EnvioCorreo>, FallaEnvio>;

    /// Tries the mailbox without sending anything.
    async fn check_correo(&self) -> Result<(), FallaEnvio>;
}

/// An open channel with what it was opened from.
struct Abierto<T: ?Sized> {
    huella: Vec<u8>,
    canal: Arc<T>,
}

/// Channels as the settings say. A channel stays open while its settings and secrets stay.
pub struct CanalesDeAjustes {
    casa: Casa,
    lineas: Mutex<HashMap<uuid::Uuid, Abierto<dyn EnvioWhatsapp>>>,
    buzon: Mutex<Option<Abierto<dyn EnvioCorreo>>>,
}

impl CanalesDeAjustes {
    /// Channels of the settings of this database.
    pub fn new(db: Db, sello: Arc<Sello>, clock: Arc<dyn Clock>) -> CanalesDeAjustes {
        let casa = Casa { db, sello, clock };
        CanalesDeAjustes { casa, lineas: Mutex::default(), buzon: Mutex::new(None) }
    }

    /// What a mailbox was opened from: settings and sealed secrets, so that a change of either
    /// opens it again. A refresh token that the provider changed does not: the open one has it.
    async fn mail_print(&self) -> Result<Vec<u8>, FallaEnvio> {
        let mut suma = Sha256::new();
        let ajustes = buzon::settings(&self.casa.db).await?;
        suma.update(ajustes.version.to_be_bytes());
        for nombre in [crate::ajustes::SECRETO_CORREO, crate::ajustes::SECRETO_OAUTH] {
            let secreto = open_secret(&self.casa.db, &self.casa.sello, nombre).await?;
            suma.update(secreto.as_ref().map_or("", |s| s.expose()).as_bytes());
            suma.update([0]);
        }
        Ok(suma.finalize().to_vec())
    }
}

/// A sealed secret as text; `None` if nobody kept it. Errors: `Detener`, the seal does not open;
/// `Reintentable`, the database did not answer.
pub(crate) async fn open_secret(
    db: &Db,
    sello: &Sello,
    nombre: &str,
) -> Result<Option<Secreto>, FallaEnvio> {
    match get_secret(db, sello, nombre).await {
        Ok(claro) => Ok(claro.map(|s| Secreto::new(String::from_utf8_lossy(&s)))),
        Err(ramal_plataforma::Error::Storage(_)) => {
            Err(FallaEnvio::retry("base", "la base de datos no respondió"))
        }
        Err(_) => Err(stop("secreto", "un secreto sellado no se puede abrir")),
    }
}

fn stop(codigo: &str, mensaje: &str) -> FallaEnvio {
    FallaEnvio::stop(codigo, mensaje, CausaDetener::Configuracion)
}

#[async_trait]
impl Canales for CanalesDeAjustes {
    async fn whatsapp(&self, linea: &Linea) -> Result<Arc<dyn EnvioWhatsapp>, FallaEnvio> {
        let nombre = linea.secreto("token");
        let token = open_secret(&self.casa.db, &self.casa.sello, &nombre).await?;
        let token = token.ok_or_else(|| stop("sin_token", "la línea no tiene token"))?;
        let mut suma = Sha256::new();
        suma.update(linea.version.to_be_bytes());
        suma.update(token.expose().as_bytes());
        let huella = suma.finalize().to_vec();
        let mut lineas = self.lineas.lock().await;
        if let Some(abierta) = lineas.get(&linea.id).filter(|a| a.huella == huella) {
            return Ok(abierta.canal.clone());
        }
        let config = ConfigWhatsapp {
            base: linea.base_url.clone(),
            version: linea.version_graph.clone(),
            ..ConfigWhatsapp::new(&linea.telefono_id, &linea.cuenta_id, token)
        };
        let canal: Arc<dyn EnvioWhatsapp> =
            Arc::new(Whatsapp::new(config, self.casa.clock.clone())?);
        lineas.insert(linea.id, Abierto { huella, canal: canal.clone() });
        Ok(canal)
    }

    async fn correo(&self) -> Result<Arc<dyn EnvioCorreo>, FallaEnvio> {
        let huella = self.mail_print().await?;
        let mut buzon = self.buzon.lock().await;
        if let Some(abierto) = buzon.as_ref().filter(|a| a.huella == huella) {
            return Ok(abierto.canal.clone());
        }
        let ajustes = buzon::settings(&self.casa.db).await?.valor;
        let canal: Arc<dyn EnvioCorreo> = Arc::new(buzon::open(&self.casa, &ajustes).await?);
        *buzon = Some(Abierto { huella, canal: canal.clone() });
        Ok(canal)
    }

    async fn check_correo(&self) -> Result<(), FallaEnvio> {
        let ajustes = buzon::settings(&self.casa.db).await?.valor;
        buzon::open(&self.casa, &ajustes).await?.check().await
    }
}
