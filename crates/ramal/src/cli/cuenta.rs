//! `ramal cuenta revisar`: every balance against its movements, every line against what settles it.
//! It mends nothing.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use ramal_facturacion::cobro::control;
use serde_json::json;

use super::Comun;
use crate::salida::{self, HECHO, problem};

/// Cuentas de los clientes.
#[derive(Args)]
pub struct Cuenta {
    #[command(subcommand)]
    que: Que,
}

#[derive(Subcommand)]
enum Que {
    /// Comprueba que cada saldo se explica por sus movimientos; termina con error si alguno no.
    Revisar(Comun),
}

impl Cuenta {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Que::Revisar(comun) = self.que;
        let casa = comun.casa().await?;
        let descuadres = control::check(&casa.db, None).await.map_err(problem)?;
        let textos: Vec<String> = descuadres.iter().map(|d| format!("{d:?}")).collect();
        if comun.json {
            salida::print_json(&json!({ "descuadres": textos }))?;
        } else if textos.is_empty() {
            println!("Cada saldo se explica por sus movimientos.");
        } else {
            textos.iter().for_each(|texto| println!("{texto}"));
        }
        anyhow::ensure!(textos.is_empty(), "{} cuentas no cuadran", textos.len());
        Ok(HECHO)
    }
}
