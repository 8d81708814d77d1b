//! `ramal emulate pac|sunat|pasarela|whatsapp|correo`: a strict counterpart on this machine, with
//! fault switches, until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueEnum};
use ramal_base::SystemClock;
use ramal_emulador::{Fallas, correo, pac, pasarela, servir, sunat, whatsapp};
use tokio_util::sync::CancellationToken;

use crate::salida::HECHO;

/// Autoridad, pasarela o canal emulado.
#[derive(Args)]
pub struct Emulate {
    /// Cuál.
    #[arg(value_enum)]
    cual: Cual,
    /// Puerto; 0 toma uno libre.
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// Carpeta donde guarda lo que recibió y respondió; sin ella, en memoria.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Semilla de los sorteos (rechazos, demoras).
    #[arg(long, default_value_t = 1)]
    semilla: u64,
    /// Fallas iniciales: archivo JSON, o el JSON mismo. Se cambian en `PUT /_emulador/fallas`.
    #[arg(long)]
    fallas: Option<String>,
    /// Rechaza esta parte de los documentos, en diezmilésimas (200 = 2 %).
    #[arg(long)]
    rechazo_por_diez_mil: Option<u32>,
    /// WhatsApp: adónde van los avisos.
    #[arg(long)]
    webhook: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Cual {
    /// PAC (SW sapien y Finkok) y consulta del SAT.
    Pac,
    /// SUNAT.
    Sunat,
    /// Pasarela de pagos: la propia, Mercado Pago y Stripe.
    Pasarela,
    /// WhatsApp Cloud API.
    Whatsapp,
    /// Servidor de correo; escucha en el puerto siguiente, y en este se ven las cartas.
    Correo,
}

impl Emulate {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let cancel = CancellationToken::new();
        let addr = SocketAddr::from(([127, 0, 0, 1], self.port));
        let router = self.router(self.switches()?, &cancel).await?;
        let escucha = servir(router, addr, cancel.clone()).await?;
        println!("http://{escucha}");
        tokio::signal::ctrl_c().await?;
        cancel.cancel();
        Ok(HECHO)
    }

    fn switches(&self) -> anyhow::Result<Fallas> {
        let mut fallas: Fallas = match self.fallas.as_deref() {
            None => Fallas::default(),
            Some(texto) if texto.trim_start().starts_with('{') => serde_json::from_str(texto)?,
            Some(ruta) => {
                let texto = std::fs::read_to_string(ruta)
                    .with_context(|| format!("no se puede leer {ruta}"))?;
                serde_json::from_str(&texto)?
            }
        };
        if let Some(parte) = self.rechazo_por_diez_mil {
            fallas.rechazo_por_diez_mil = parte;
        }
        Ok(fallas)
    }

    async fn router(
        &self,
        fallas: Fallas,
        cancel: &CancellationToken,
    ) -> anyhow::Result<axum::Router> {
        let (dir, semilla) = (self.dir.clone(), self.semilla);
        let reloj = Arc::new(SystemClock);
        Ok(match self.cual {
            Cual::Pac => {
                let base = pac::Opciones::new(reloj);
                pac::Emulador::abrir(pac::Opciones { dir, semilla, fallas, ..base })?.router()
            }
            Cual::Sunat => {
                let base = sunat::Opciones::new(reloj);
                sunat::Emulador::abrir(sunat::Opciones { dir, semilla, fallas, ..base })?.router()
            }
            Cual::Pasarela => {
                let base = pasarela::Opciones::new(reloj);
                let opciones = pasarela::Opciones { dir, semilla, fallas, ..base };
                let emulador = pasarela::Emulador::abrir(opciones)?;
                emulador.send_avisos(cancel.clone());
                emulador.router()
            }
            Cual::Whatsapp => {
                let (base, webhook) = (whatsapp::Opciones::new(reloj), self.webhook.clone());
                let opciones = whatsapp::Opciones { dir, semilla, webhook, ..base };
                let emulador = whatsapp::Emulador::abrir(opciones)?;
                emulador.start(cancel.clone());
                emulador.clone().router().merge(emulador.paginas())
            }
            Cual::Correo => {
                let opciones = correo::Opciones { dir, ..correo::Opciones::new(reloj) };
                let emulador = correo::Emulador::abrir(opciones)?;
                let smtp = SocketAddr::from(([127, 0, 0, 1], self.port.saturating_add(1)));
                let smtp = emulador.clone().servir(smtp, cancel.clone()).await?;
                println!("smtp://{smtp}");
                emulador.paginas()
            }
        })
    }
}
