//! Emulated mail server that delivers nowhere, and a page with what it got. It shares no code with
//! the client that it judges.

mod buzon;
mod interruptores;
mod lectura;
mod paginas;
mod sesion;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use ramal_base::{Clock, Zona};
use serde_json::{Value, json};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::whatsapp::mando::Mando;
use buzon::Buzon;

pub use buzon::Recibido;
pub use interruptores::Interruptores;

/// Certificate and key of the server, in PEM.
#[derive(Clone)]
pub struct Tls {
    /// Certificate, and its intermediates.
    pub certificado: String,
    /// Private key.
    pub llave: String,
}

/// How the emulator is started.
pub struct Opciones {
    /// Folder of the state; `None` keeps it in memory.
    pub dir: Option<PathBuf>,
    /// Seed of every draw.
    pub semilla: u64,
    /// Switches at the start.
    pub interruptores: Interruptores,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Zone in which the page tells the time.
    pub zona: Zona,
    /// User and password; `None` asks for none.
    pub cuenta: Option<(String, String)>,
    /// STARTTLS is offered with this.
    pub tls: Option<Tls>,
    /// Nothing is taken before STARTTLS.
    pub exige_tls: bool,
}

impl Opciones {
    /// State in memory, no faults, no account, no TLS.
    pub fn new(clock: Arc<dyn Clock>) -> Opciones {
        Opciones {
            dir: None,
            semilla: 1,
            interruptores: Interruptores::default(),
            clock,
            zona: Zona::utc(),
            cuenta: None,
            tls: None,
            exige_tls: false,
        }
    }
}

/// The emulator.
pub struct Emulador {
    buzon: Mutex<Buzon>,
    vistos: Mutex<HashSet<String>>,
    mando: Mando<Interruptores>,
    tls: Option<TlsAcceptor>,
    opciones: Opciones,
}

impl Emulador {
    /// Opens the state.
    ///
    /// Errors: the folder cannot be used, its journal is not ours, the certificate is not one.
    pub fn abrir(opciones: Opciones) -> Result<Arc<Emulador>, Error> {
        let tls = opciones.tls.as_ref().map(acceptor).transpose()?;
        Ok(Arc::new(Emulador {
            buzon: Mutex::new(Buzon::abrir(opciones.dir.as_deref())?),
            vistos: Mutex::default(),
            mando: Mando::new(opciones.interruptores.clone(), opciones.semilla),
            tls,
            opciones,
        }))
    }

    /// Takes mail at `addr` until `cancel`; port 0 takes a free one. Gives the bound address.
    ///
    /// Errors: the address is taken or not allowed.
    pub async fn servir(
        self: &Arc<Self>,
        addr: SocketAddr,
        cancel: CancellationToken,
    ) -> Result<SocketAddr, Error> {
        let oido = tokio::net::TcpListener::bind(addr).await?;
        let local = oido.local_addr()?;
        let emulador = self.clone();
        tokio::spawn(async move {
            loop {
                let llegada = tokio::select! {
                    () = cancel.cancelled() => return,
                    llegada = oido.accept() => llegada,
                };
                if let Ok((flujo, _)) = llegada {
                    let tls = emulador.tls.clone();
                    tokio::spawn(sesion::attend(emulador.clone(), flujo, tls));
                }
            }
        });
        Ok(local)
    }

    /// The admin routes, for an address of its own.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/_emulador/fallas", get(read).put(write))
            .route("/_emulador/estado", get(state))
            .with_state(self)
    }

    /// The pages `/emuladores/correo…`, to be mounted inside the application.
    pub fn paginas(self: Arc<Self>) -> Router {
        paginas::routes().with_state(self)
    }

    /// The switches, for a test in the same process.
    pub fn switches(&self) -> Interruptores {
        self.mando.current()
    }

    /// Replaces the switches.
    pub fn switch(&self, interruptores: Interruptores) {
        self.mando.replace(interruptores);
    }

    /// How many messages were taken.
    pub fn count(&self) -> usize {
        self.mailbox().resumenes.len()
    }

    /// A message by its number, from 1.
    pub fn message(&self, numero: usize) -> Option<Recibido> {
        self.mailbox().read(numero).ok().flatten()
    }

    /// Whether a recipient is named for the first time.
    fn is_new(&self, direccion: &str) -> bool {
        let mut vistos = self.vistos.lock().unwrap_or_else(PoisonError::into_inner);
        vistos.insert(direccion.to_owned())
    }

    fn mailbox(&self) -> MutexGuard<'_, Buzon> {
        self.buzon.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn acceptor(tls: &Tls) -> Result<TlsAcceptor, Error> {
    let roto = |e: &dyn std::fmt::Display| Error::Certificado(e.to_string());
    let cadena: Vec<_> = CertificateDer::pem_slice_iter(tls.certificado.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|e| roto(&e))?;
    let llave = PrivateKeyDer::from_pem_slice(tls.llave.as_bytes()).map_err(|e| roto(&e))?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| roto(&e))?
        .with_no_client_auth()
        .with_single_cert(cadena, llave)
        .map_err(|e| roto(&e))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

type App = State<Arc<Emulador>>;

async fn read(State(emulador): App) -> Json<Interruptores> {
    Json(emulador.mando.current())
}

async fn write(State(emulador): App, Json(nuevos): Json<Interruptores>) -> Json<Interruptores> {
    emulador.mando.replace(nuevos);
    Json(emulador.mando.current())
}

async fn state(State(emulador): App) -> Json<Value> {
    Json(json!({ "correos": emulador.count() }))
}
