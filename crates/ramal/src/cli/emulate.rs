//! `ramal emulate pac|sunat`: a strict authority on this machine, with fault switches, until it is
//! told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, ValueEnum};
use ramal_base::SystemClock;
use ramal_emulador::{Fallas, pac, servir, sunat};
use tokio_util::sync::CancellationToken;

use crate::salida::HECHO;

/// Autoridad emulada.
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
}

#[derive(Clone, Copy, ValueEnum)]
enum Cual {
    /// PAC (SW sapien y Finkok) y consulta del SAT.
    Pac,
    /// SUNAT.
    Sunat,
}

impl Emulate {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let fallas = self.switches()?;
        let router = self.router(fallas)?;
        let cancel = CancellationToken::new();
        let addr = SocketAddr::from(([127, 0, 0, 1], self.port));
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

    fn router(&self, fallas: Fallas) -> anyhow::Result<axum::Router> {
        let (dir, semilla) = (self.dir.clone(), self.semilla);
        Ok(match self.cual {
            Cual::Pac => {
                let base = pac::Opciones::new(Arc::new(SystemClock));
                pac::Emulador::abrir(pac::Opciones { dir, semilla, fallas, ..base })?.router()
            }
            Cual::Sunat => {
                let base = sunat::Opciones::new(Arc::new(SystemClock));
                sunat::Emulador::abrir(sunat::Opciones { dir, semilla, fallas, ..base })?.router()
            }
        })
    }
}
