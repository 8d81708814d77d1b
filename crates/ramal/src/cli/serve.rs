//! `ramal serve`: the API and the worker, until it is told to stop; what is running finishes first.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use ramal_db::Consulta;
use ramal_plataforma::codigo_de_instalacion;
use ramal_web::{Entorno, Modo};
use tokio_util::sync::CancellationToken;

use super::Comun;
use crate::casa::Casa;
use crate::demo::cuentas::DOMINIO;
use crate::puertos::Puertos;
use crate::salida::HECHO;
use crate::{entorno, puerta, taller, wiring};

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
        serve(&casa, SocketAddr::new(self.host, self.port), Modo::Prueba).await?;
        Ok(HECHO)
    }
}

/// Serves a house until the system asks to stop; `modo` is how it runs unless `RAMAL_MODO` says.
///
/// Errors: production with default secrets; the address is taken.
pub async fn serve(casa: &Casa, addr: SocketAddr, modo: Modo) -> anyhow::Result<()> {
    let entorno = entorno::open(&casa.sello, modo, addr)?;
    ensure_own_people(casa, &entorno).await?;
    let puerta = puerta::open(casa, &entorno.url_publica)?;
    let app = puerta::behind(casa.app(entorno.clone()));
    let cancel = CancellationToken::new();
    let trabajo = taller::start(casa, entorno.clone(), &cancel).await?;
    let puertos = match &trabajo {
        Some((taller, _)) => taller.puertos.clone(),
        None => Puertos::open(casa, None, entorno).await?,
    };
    let sitio = wiring::sitio(&app, puerta, cancel.clone());
    let router = ramal_web::assemble(app, wiring::rutas(), sitio);
    let router = wiring::doors(router, casa, &puertos);
    let router = match &trabajo {
        Some((taller, _)) => wiring::emulator_pages(router, &taller.emuladores),
        None => router,
    };
    let servidor =
        ramal_web::servir(router, addr, cancel.clone()).await.with_context(taken(addr))?;
    let base = format!("http://{}", servidor.direccion);
    eprintln!("Abrir {base} · API en {base}/api/v1 · referencia en {base}/api/v1/docs");
    if let Some(codigo) = codigo_de_instalacion(&casa.db, &casa.sello).await? {
        eprintln!("Nadie puede entrar todavía: en {base}/instalar, con el código {codigo}");
    }
    match &trabajo {
        Some((taller, _)) => {
            let emuladores = &taller.emuladores;
            let (pac, sunat) = (&emuladores.pac, &emuladores.sunat);
            let pasarela = &emuladores.pasarela.base;
            eprintln!("Emulados: PAC {pac} · SUNAT {sunat} · pasarela de pagos {pasarela}");
            eprintln!(
                "Lo que se habría enviado: {base}/emuladores/whatsapp y {base}/emuladores/correo"
            );
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

/// Refuses to serve real customers to people whose passwords everybody knows.
async fn ensure_own_people(casa: &Casa, entorno: &Entorno) -> anyhow::Result<()> {
    if entorno.modo != Modo::Produccion {
        return Ok(());
    }
    const SQL: &str = "SELECT COUNT(*) FROM usuarios WHERE estado = 'activo' AND correo LIKE $1";
    let suyos = vec![format!("%{DOMINIO}").into()];
    let n: i64 = casa.db.scalar(SQL, suyos).await?.unwrap_or(0);
    anyhow::ensure!(
        n == 0,
        "no se puede servir en modo producción: hay {n} personas de la demostración, con \
         contraseñas que todos conocen; use otra carpeta de datos o suspéndalas"
    );
    Ok(())
}
