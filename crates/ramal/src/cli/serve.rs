//! `ramal serve`: the API and the worker, until it is told to stop; what is running finishes first.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context;
use axum::Extension;
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::Comun;
use crate::casa::Casa;
use crate::salida::HECHO;
use crate::{taller, wiring};

/// Sirve la API y trabaja la cola.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    comun: Comun,
    /// Puerto de la API.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Dirección en que escucha.
    #[arg(long, default_value = "127.0.0.1")]
    host: std::net::IpAddr,
}

impl Serve {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let casa = self.comun.casa().await?;
        serve(&casa, SocketAddr::new(self.host, self.port)).await?;
        Ok(HECHO)
    }
}

/// Serves a house until the system asks to stop.
pub async fn serve(casa: &Casa, addr: SocketAddr) -> anyhow::Result<()> {
    let cancel = CancellationToken::new();
    let trabajo = taller::start(casa, &cancel).await?;
    let router = ramal_web::assemble(casa.app(), wiring::rutas(), wiring::sitio());
    let router = router.layer(Extension(casa.sello.clone()));
    let servidor =
        ramal_web::servir(router, addr, cancel.clone()).await.with_context(taken(addr))?;
    let base = format!("http://{}/api/v1", servidor.direccion);
    eprintln!("API en {base} · referencia en {base}/docs");
    match &trabajo {
        Some((taller, _)) => {
            let emuladores = &taller.emuladores;
            eprintln!("PAC emulado en {} · SUNAT emulada en {}", emuladores.pac, emuladores.sunat);
        }
        None => eprintln!("Otro proceso trabaja la cola de esta carpeta; aquí se sirve la API."),
    }
    stop_signal().await?;
    cancel.cancel();
    servidor.wait().await?;
    if let Some((_, tarea)) = trabajo {
        tarea.await?;
    }
    Ok(())
}

/// Refuses before any work if nothing can listen on the address.
pub fn ensure_free(addr: SocketAddr) -> anyhow::Result<()> {
    std::net::TcpListener::bind(addr).map(drop).with_context(taken(addr))
}

fn taken(addr: SocketAddr) -> impl Fn() -> String {
    move || format!("no se puede escuchar en {addr}; elija otro puerto con --port")
}

/// Returns when the process is asked to stop, by a person or by the system.
async fn stop_signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        fin = tokio::signal::ctrl_c() => fin?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
