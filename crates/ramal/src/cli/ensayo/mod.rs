//! `ramal ensayo mes`: a company lives a month and a half under a clock of its own, through the
//! real jobs, gateways and channels (emulated), and every balance is explained at the end.

mod cierre;
mod escena;
mod gente;
mod mes;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::salida::{self, HECHO};

/// Ensayos que cualquiera puede repetir.
#[derive(Args)]
pub struct Ensayo {
    #[command(subcommand)]
    que: Que,
}

#[derive(Subcommand)]
enum Que {
    /// Un mes de vida: se factura, se avisa, se paga de todas las maneras, se corta y se reconecta.
    Mes(Pedido),
}

/// How big the rehearsal is.
#[derive(Args)]
struct Pedido {
    /// Clientes, con un servicio cada uno.
    #[arg(long, default_value_t = 500)]
    clientes: u32,
    /// Un objeto JSON en la salida.
    #[arg(long)]
    json: bool,
}

impl Ensayo {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Que::Mes(pedido) = self.que;
        let informe = mes::live(pedido.clientes).await?;
        let sano = informe.faltas.is_empty();
        if pedido.json {
            salida::print_json(&informe)?;
        } else {
            println!("{}", serde_json::to_string_pretty(&informe)?);
        }
        anyhow::ensure!(sano, "el ensayo encontró {} faltas", informe.faltas.len());
        Ok(HECHO)
    }
}
