//! The emulated authorities inside the process: same wire as the real ones, state in the data
//! folder.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use ramal_base::Clock;
use ramal_emulador::{pac, servir, sunat};
use tokio_util::sync::CancellationToken;

/// Addresses of the emulators; they stop when this is dropped.
pub struct Emuladores {
    /// Base address of the PAC and the SAT.
    pub pac: String,
    /// Base address of SUNAT.
    pub sunat: String,
    cancel: CancellationToken,
}

impl Drop for Emuladores {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// Starts the emulators on free ports of this machine, with their state under `carpeta`.
///
/// `PAC_URL` and `SUNAT_URL` name emulators that run elsewhere (`ramal emulate`), and then none is
/// started.
pub async fn start(carpeta: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<Emuladores> {
    let cancel = CancellationToken::new();
    let libre = SocketAddr::from(([127, 0, 0, 1], 0));
    let pac = match named("PAC_URL") {
        Some(url) => url,
        None => {
            let dir = Some(carpeta.join("emulador").join("pac"));
            let opciones = pac::Opciones { dir, ..pac::Opciones::new(clock.clone()) };
            let router = pac::Emulador::abrir(opciones)?.router();
            format!("http://{}", servir(router, libre, cancel.clone()).await?)
        }
    };
    let sunat = match named("SUNAT_URL") {
        Some(url) => url,
        None => {
            let dir = Some(carpeta.join("emulador").join("sunat"));
            let opciones = sunat::Opciones { dir, ..sunat::Opciones::new(clock) };
            let router = sunat::Emulador::abrir(opciones)?.router();
            format!("http://{}", servir(router, libre, cancel.clone()).await?)
        }
    };
    Ok(Emuladores { pac, sunat, cancel })
}

fn named(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok()?;
    let url = url.trim_end_matches('/').to_owned();
    (!url.is_empty()).then_some(url)
}
