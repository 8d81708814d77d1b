//! `ramal demo`: the whole demo company, billed and served; `--once` prints the summary and ends.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use ramal_web::Modo;

use super::serve;
use crate::casa::Casa;
use crate::demo;
use crate::salida::{self, HECHO};

/// Empresa de demostración.
#[derive(Args)]
pub struct Demo {
    /// Carpeta de datos.
    #[arg(long = "data", env = "RAMAL_DATA", default_value = "ramal-demo")]
    carpeta: PathBuf,
    /// Puerto de la API.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Hace todo, imprime el resumen y termina.
    #[arg(long)]
    once: bool,
    /// Un objeto JSON en la salida.
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let produccion = std::env::var("RAMAL_MODO").is_ok_and(|modo| modo == "produccion");
        anyhow::ensure!(
            !produccion,
            "la demostración no se hace en modo producción: sus contraseñas las conocen todos"
        );
        let addr = SocketAddr::from(([127, 0, 0, 1], self.port));
        if !self.once {
            serve::ensure_free(addr)?;
        }
        let casa = Casa::open(&self.carpeta).await?;
        let resumen = demo::run(&casa).await?;
        if self.json {
            salida::print_json(&resumen)?;
        } else {
            resumen.print();
        }
        if !self.once {
            serve::serve(&casa, addr, Modo::Demo).await?;
        }
        Ok(HECHO)
    }
}
