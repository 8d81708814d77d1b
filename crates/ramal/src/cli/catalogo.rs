//! `ramal catalogo import`: loads plans and prices from a CSV; twice is once.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use ramal_base::{CampoInvalido, Problema};
use serde_json::json;

use super::Comun;
use crate::salida::{self, HECHO, problem};

/// Catálogo.
#[derive(Args)]
pub struct Catalogo {
    #[command(subcommand)]
    que: Que,
}

#[derive(Subcommand)]
enum Que {
    /// Carga planes y precios.
    Import {
        #[command(flatten)]
        comun: Comun,
        /// Archivo CSV.
        archivo: PathBuf,
    },
}

impl Catalogo {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Que::Import { comun, archivo } = self.que;
        let bytes = std::fs::read(&archivo)
            .with_context(|| format!("no se puede leer {}", archivo.display()))?;
        let casa = comun.casa().await?;
        let empresa = ramal_plataforma::empresa(&casa.db).await.map_err(problem)?;
        let tx = casa.db.begin().await?;
        let hecho =
            ramal_catalogo::actions::import_catalogo(&tx, &casa.cx, empresa.moneda, &bytes).await;
        let hecho = hecho.map_err(problem)?;
        if !hecho.errores.is_empty() {
            let con_linea = |f: ramal_catalogo::archivo::FilaInvalida| CampoInvalido {
                campo: format!("línea {}, {}", f.linea, f.error.campo),
                ..f.error
            };
            let campos = hecho.errores.into_iter().map(con_linea).collect();
            return Err(Problema::campos(campos).into());
        }
        tx.commit().await?;
        if comun.json {
            salida::print_json(&json!({
                "productos": hecho.productos,
                "creados": hecho.creados,
                "actualizados": hecho.actualizados,
            }))?;
        } else {
            println!(
                "{} productos en el archivo: {} nuevos, {} actualizados.",
                hecho.productos, hecho.creados, hecho.actualizados
            );
        }
        Ok(HECHO)
    }
}
