//! The port by which the slice reaches its gateways: which exist and which is the usual one. Who
//! implements it knows addresses and credentials; nothing here does.

use std::sync::Arc;

use async_trait::async_trait;
use ramal_pasarelas::{FallaPasarela, Pasarela};
use ramal_plataforma::Modo;

/// The gateways of the process.
#[async_trait]
pub trait Pasarelas: Send + Sync {
    /// The gateway with this code; `None` if it is not configured.
    fn get(&self, codigo: &str) -> Option<Arc<dyn Pasarela>>;

    /// The one that new cobros use; `None` if none is configured.
    fn predeterminada(&self) -> Option<Arc<dyn Pasarela>>;

    /// Codes of every configured gateway, for whoever listens to all of them.
    fn codigos(&self) -> Vec<&'static str>;

    /// Emulated or real.
    fn modo(&self) -> Modo {
        Modo::Emulado
    }

    /// Reads settings and secrets again, after somebody changed them.
    ///
    /// Errors: `Configuracion` with what is wrong.
    async fn reload(&self) -> Result<(), FallaPasarela> {
        Ok(())
    }
}
