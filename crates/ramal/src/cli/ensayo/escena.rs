//! The scene of the rehearsal: house, clock, server, worker and emulators in one process. It moves
//! the clock; nobody in it decides to pay.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use ramal_base::{Cx, Fecha, FixedClock, Zona};
use ramal_web::{Entorno, Firma, Modo, Servidor};
use tokio_util::sync::CancellationToken;

use crate::casa::Casa;
use crate::cli::bench::mundo;
use crate::emuladores::Reparto;
use crate::taller::{self, Taller};
use crate::{puerta, wiring};

/// Everything that the rehearsal moves.
pub struct Escena {
    /// The house, with the rehearsal's clock.
    pub casa: Casa,
    /// The worker and the emulators.
    pub taller: Taller,
    /// Address and key of the links.
    pub entorno: Entorno,
    /// Zone of the company.
    pub zona: Zona,
    reloj: Arc<FixedClock>,
    servidor: Servidor,
    cancel: CancellationToken,
    _carpeta: tempfile::TempDir,
}

impl Escena {
    /// A company with `clientes` customers on the eve of their first billing day.
    pub async fn open(clientes: u32, primero: Fecha) -> anyhow::Result<Escena> {
        let carpeta = tempfile::tempdir()?;
        let zona = Zona::parse("America/Mexico_City")?;
        let alba = zona.instante(&format!("{primero}T00:30:00"))?;
        let reloj = Arc::new(FixedClock::new(alba));
        let mut casa = Casa::open(carpeta.path()).await?;
        casa.cx = Cx::with_clock(reloj.clone(), "ensayo");
        let emisor = mundo::prepare(&casa, ramal_base::Pais::Mx).await?;
        settings(&casa).await?;
        mundo::fill(&casa, &emisor, clientes, primero).await?;
        let addr = free_address()?;
        let firma = Firma::new(&casa.sello.derive("firma del sitio"));
        let entorno = Entorno { modo: Modo::Demo, url_publica: format!("http://{addr}"), firma };
        let taller = taller::open(&casa, entorno.clone(), Reparto::AMano).await?;
        let taller = taller.context("otro proceso trabaja la carpeta del ensayo")?;
        let cancel = CancellationToken::new();
        let servidor = serve(&casa, &taller, (&entorno, addr), &cancel).await?;
        let escena =
            Escena { casa, taller, entorno, zona, reloj, servidor, cancel, _carpeta: carpeta };
        escena.settle().await?;
        Ok(escena)
    }

    /// Moves the clock to an hour of a day and lets everything happen that is due.
    pub async fn at(&self, dia: Fecha, hora: &str) -> anyhow::Result<()> {
        let instante = self.zona.instante(&format!("{dia}T{hora}"))?;
        anyhow::ensure!(instante >= self.casa.cx.now(), "el reloj del ensayo no vuelve atrás");
        self.reloj.set(instante);
        self.settle().await
    }

    /// Lets everything happen: jobs, notices of the gateway, states of the messages.
    pub async fn settle(&self) -> anyhow::Result<()> {
        for _ in 0..VUELTAS {
            let hecho = self.taller.obrero.drain().await?;
            let mut movido = hecho.hechos + hecho.eventos + hecho.horarios > 0;
            if let Some(pasarela) = &self.taller.emuladores.pasarela.aqui {
                movido |= pasarela.send_due().await > 0;
            }
            if let Some(whatsapp) = &self.taller.emuladores.whatsapp.aqui {
                let ronda = whatsapp.pump().await;
                movido |= ronda.entregados + ronda.pospuestos + ronda.perdidos > 0;
            }
            if !movido {
                break;
            }
            // Paces and retries of a minute or less are lived through.
            self.reloj.advance(PASO_MS);
        }
        Ok(())
    }

    /// Ends the server and gives the house back.
    pub async fn close(self) -> anyhow::Result<()> {
        self.cancel.cancel();
        self.servidor.wait().await?;
        drop(self.taller);
        self.casa.db.close().await?;
        Ok(())
    }
}

/// Most turns of the wheel in one settling.
const VUELTAS: u32 = 400;
/// What the clock moves between two turns.
const PASO_MS: i64 = 1_500;

/// Ten days of terms, invoices by themselves at six.
async fn settings(casa: &Casa) -> anyhow::Result<()> {
    let tx = casa.db.begin().await?;
    let mut cambios = serde_json::Map::new();
    cambios.insert("terminos_dias".to_owned(), 10.into());
    cambios.insert("corrida_automatica".to_owned(), true.into());
    ramal_plataforma::update_ajustes_empresa(&tx, &casa.cx, &cambios)
        .await
        .map_err(crate::salida::problem)?;
    Ok(tx.commit().await?)
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

async fn serve(
    casa: &Casa,
    taller: &Taller,
    (entorno, addr): (&Entorno, SocketAddr),
    cancel: &CancellationToken,
) -> anyhow::Result<Servidor> {
    let puerta = puerta::open(casa, &entorno.url_publica)?;
    let app = puerta::behind(casa.app(entorno.clone()));
    let sitio = wiring::sitio(&app, puerta, cancel.clone());
    let router = ramal_web::assemble(app, wiring::rutas(), sitio);
    let router = wiring::doors(router, casa, &taller.puertos);
    let router = wiring::emulator_pages(router, &taller.emuladores);
    Ok(ramal_web::servir(router, addr, cancel.clone()).await?)
}
