//! Serving on a TCP address until told to stop. It speaks plain HTTP: TLS belongs to the proxy in
//! front.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Time that open requests have to end once the server is told to stop.
const ESPERA_CIERRE: Duration = Duration::from_secs(20);

/// A server that is listening.
#[derive(Debug)]
pub struct Servidor {
    /// Where it listens; the port is the real one even if 0 was asked for.
    pub direccion: SocketAddr,
    tarea: JoinHandle<io::Result<()>>,
}

impl Servidor {
    /// Waits until the server has stopped. Errors: the listener failed.
    pub async fn wait(self) -> io::Result<()> {
        self.tarea.await.map_err(io::Error::other)?
    }
}

/// Listens on `addr` and serves in the background until `cancel` is called; then no connection is
/// accepted and the open requests have 20 seconds.
///
/// Errors: the address cannot be listened on.
pub async fn servir(
    router: Router,
    addr: SocketAddr,
    cancel: CancellationToken,
) -> io::Result<Servidor> {
    let oyente = TcpListener::bind(addr).await?;
    let direccion = oyente.local_addr()?;
    let tarea = tokio::spawn(serve(oyente, router, cancel));
    Ok(Servidor { direccion, tarea })
}

async fn serve(oyente: TcpListener, router: Router, cancel: CancellationToken) -> io::Result<()> {
    let aviso = cancel.clone();
    let con_direccion = router.into_make_service_with_connect_info::<SocketAddr>();
    let servidor = axum::serve(oyente, con_direccion)
        .with_graceful_shutdown(async move { aviso.cancelled().await })
        .into_future();
    tokio::select! {
        fin = servidor => fin,
        () = cut_off(&cancel) => Ok(()),
    }
}

async fn cut_off(cancel: &CancellationToken) {
    cancel.cancelled().await;
    tokio::time::sleep(ESPERA_CIERRE).await;
    tracing::warn!("requests were still open when the server stopped");
}
