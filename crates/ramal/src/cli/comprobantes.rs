//! `ramal comprobantes export`: what the authority received and answered, one file per document,
//! named by the norm.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use ramal_fiscal::export::{Archivo, Exportacion, Impresos};
use ramal_pdf::Papel;
use serde_json::json;

use super::Comun;
use crate::salida::{self, HECHO, problem};

/// Comprobantes.
#[derive(Args)]
pub struct Comprobantes {
    #[command(subcommand)]
    que: Que,
}

#[derive(Subcommand)]
enum Que {
    /// Escribe los archivos legales en una carpeta.
    Export {
        #[command(flatten)]
        comun: Comun,
        /// Carpeta de destino; se crea si falta.
        #[arg(long)]
        dir: PathBuf,
        /// También la representación impresa.
        #[arg(long)]
        pdf: bool,
    },
}

impl Comprobantes {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Que::Export { comun, dir, pdf } = self.que;
        let casa = comun.casa().await?;
        std::fs::create_dir_all(&dir)
            .with_context(|| format!("no se puede crear {}", dir.display()))?;
        let impresos = if pdf { Impresos::Con(Papel::A4) } else { Impresos::Sin };
        let (db, cx, objetos) = (casa.db.clone(), casa.cx.clone(), casa.objetos.clone());
        let mut paseo = Exportacion::new(db, cx, objetos, impresos).await.map_err(problem)?;
        let (mut comprobantes, mut archivos) = (0_u64, 0_u64);
        while let Some(grupo) = paseo.next().await.map_err(problem)? {
            comprobantes += 1;
            for archivo in grupo {
                write(&dir, &archivo)?;
                archivos += 1;
            }
        }
        if comun.json {
            let cuenta = json!({ "comprobantes": comprobantes, "archivos": archivos, "dir": dir });
            salida::print_json(&cuenta)?;
        } else {
            println!("{archivos} archivos de {comprobantes} comprobantes en {}.", dir.display());
        }
        Ok(HECHO)
    }
}

/// Writes a file whose name comes from the norm and never leaves the folder.
fn write(dir: &Path, archivo: &Archivo) -> anyhow::Result<()> {
    let nombre = archivo.nombre.replace(['/', '\\'], "_");
    let ruta = dir.join(nombre);
    std::fs::write(&ruta, &archivo.bytes)
        .with_context(|| format!("no se puede escribir {}", ruta.display()))
}
