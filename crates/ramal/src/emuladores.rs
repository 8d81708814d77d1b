//! The emulated authorities inside the process: same wire as the real ones, state in the data
//! folder.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use ramal_base::{Clock, Zona};
use ramal_emulador::{correo, pac, pasarela, servir, sunat, whatsapp};
use tokio_util::sync::CancellationToken;

use crate::pasarelas::emulated_secret;

/// Addresses of the emulators; they stop when this is dropped.
pub struct Emuladores {
    /// Base address of the PAC and the SAT.
    pub pac: String,
    /// Base address of SUNAT.
    pub sunat: String,
    /// The gateway.
    pub pasarela: Pasarela,
    /// WhatsApp.
    pub whatsapp: Whatsapp,
    /// The mail server.
    pub correo: Correo,
    cancel: CancellationToken,
}

/// The emulated gateway.
pub struct Pasarela {
    /// Base address.
    pub base: String,
    /// The emulator itself, if it runs in this process.
    pub aqui: Option<Arc<pasarela::Emulador>>,
}

/// The emulated WhatsApp.
pub struct Whatsapp {
    /// Base address of the Graph API.
    pub base: String,
    /// The emulator itself, if it runs in this process.
    pub aqui: Option<Arc<whatsapp::Emulador>>,
}

/// The emulated mail server.
pub struct Correo {
    /// Where it listens.
    pub addr: SocketAddr,
    /// The emulator itself.
    pub aqui: Arc<correo::Emulador>,
}

impl Drop for Emuladores {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// Starts the emulators on free ports of this machine, with their state under `carpeta`.
///
/// `PAC_URL`, `SUNAT_URL`, `PASARELA_URL` and `WHATSAPP_URL` name emulators that run elsewhere
/// (`ramal emulate`), and then none is started. `reparto` says who carries their notices, `publica`
/// is the address of the program.
pub async fn start(
    carpeta: &Path,
    clock: Arc<dyn Clock>,
    (reparto, publica): (Reparto, &str),
) -> anyhow::Result<Emuladores> {
    let cancel = CancellationToken::new();
    let pac = match named("PAC_URL") {
        Some(url) => url,
        None => {
            let dir = Some(carpeta.join("emulador").join("pac"));
            let opciones = pac::Opciones { dir, ..pac::Opciones::new(clock.clone()) };
            let router = pac::Emulador::abrir(opciones)?.router();
            format!("http://{}", servir(router, LIBRE, cancel.clone()).await?)
        }
    };
    let sunat = match named("SUNAT_URL") {
        Some(url) => url,
        None => {
            let dir = Some(carpeta.join("emulador").join("sunat"));
            let opciones = sunat::Opciones { dir, ..sunat::Opciones::new(clock.clone()) };
            let router = sunat::Emulador::abrir(opciones)?.router();
            format!("http://{}", servir(router, LIBRE, cancel.clone()).await?)
        }
    };
    let base = format!("{publica}{RUTA_PASARELA}");
    let pasarela = gateway(carpeta, &clock, (reparto, &cancel), base).await?;
    let whatsapp = chats(carpeta, &clock, (reparto, &cancel)).await?;
    let correo = letters(carpeta, clock, &cancel).await?;
    Ok(Emuladores { pac, sunat, pasarela, whatsapp, correo, cancel })
}

/// Who carries the notices that an emulator sends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reparto {
    /// A task in the background, as the real ones do.
    Solo,
    /// Whoever holds the emulator, when he says so: a rehearsal moves its own clock.
    AMano,
    /// A task in the background, while nobody is told of what happens: the demo lives its past.
    EnSilencio,
}

/// Where the pages of the emulated gateway hang inside the program: their addresses are kept in its
/// journal and in every cobro, so they must outlive its port.
pub const RUTA_PASARELA: &str = "/emuladores/pasarela";

async fn gateway(
    carpeta: &Path,
    clock: &Arc<dyn Clock>,
    (reparto, cancel): (Reparto, &CancellationToken),
    base: String,
) -> anyhow::Result<Pasarela> {
    if let Some(base) = named("PASARELA_URL") {
        return Ok(Pasarela { base, aqui: None });
    }
    let dir = Some(carpeta.join("emulador").join("pasarela"));
    let base = Some(base);
    let mut opciones = pasarela::Opciones { dir, base, ..pasarela::Opciones::new(clock.clone()) };
    for comercio in &mut opciones.comercios {
        if comercio.hilo == pasarela::Hilo::Emulada {
            comercio.secreto = emulated_secret();
        }
    }
    let emulador = pasarela::Emulador::abrir(opciones)?;
    if reparto != Reparto::AMano {
        emulador.send_avisos(cancel.clone());
    }
    let escucha = servir(emulador.clone().router(), LIBRE, cancel.clone()).await?;
    Ok(Pasarela { base: format!("http://{escucha}"), aqui: Some(emulador) })
}

async fn chats(
    carpeta: &Path,
    clock: &Arc<dyn Clock>,
    (reparto, cancel): (Reparto, &CancellationToken),
) -> anyhow::Result<Whatsapp> {
    if let Some(base) = named("WHATSAPP_URL") {
        return Ok(Whatsapp { base, aqui: None });
    }
    let dir = Some(carpeta.join("emulador").join("whatsapp"));
    let zona = Zona::parse("America/Mexico_City").unwrap_or_else(|_| Zona::utc());
    let opciones = whatsapp::Opciones { dir, zona, ..whatsapp::Opciones::new(clock.clone()) };
    let emulador = whatsapp::Emulador::abrir(opciones)?;
    if reparto != Reparto::AMano {
        emulador.start(cancel.clone());
    }
    let escucha = servir(emulador.clone().router(), LIBRE, cancel.clone()).await?;
    Ok(Whatsapp { base: format!("http://{escucha}"), aqui: Some(emulador) })
}

async fn letters(
    carpeta: &Path,
    clock: Arc<dyn Clock>,
    cancel: &CancellationToken,
) -> anyhow::Result<Correo> {
    let dir = Some(carpeta.join("emulador").join("correo"));
    let opciones = correo::Opciones { dir, ..correo::Opciones::new(clock) };
    let aqui = correo::Emulador::abrir(opciones)?;
    let addr = aqui.clone().servir(LIBRE, cancel.clone()).await?;
    Ok(Correo { addr, aqui })
}

/// Any free port of this machine.
const LIBRE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

fn named(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok()?;
    let url = url.trim_end_matches('/').to_owned();
    (!url.is_empty()).then_some(url)
}
