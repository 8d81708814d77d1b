//! `ramal clientes import`: brings the file that the company has today, or takes a batch back.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use ramal_base::Fecha;
use ramal_migracion::{Duplicados, Informe, Intencion, Origen, PedidoImportacion, Perfil};
use uuid::Uuid;

use super::{Comun, date};
use crate::salida::{self, HECHO, problem};

/// Clientes.
#[derive(Args)]
pub struct Clientes {
    #[command(subcommand)]
    que: Que,
}

#[derive(Subcommand)]
enum Que {
    /// Importa clientes y servicios, o retira un lote.
    Import(Import),
}

#[derive(Args)]
struct Import {
    #[command(flatten)]
    comun: Comun,
    /// Archivo CSV, o dirección sqlite:// o postgres:// de una base con la forma anterior.
    #[arg(required_unless_present = "deshacer")]
    archivo: Option<String>,
    /// seed003, panel, o la ruta de un perfil propio.
    #[arg(long, required_unless_present = "deshacer", value_parser = perfil)]
    perfil: Option<Perfil>,
    /// Informa sin escribir nada.
    #[arg(long)]
    simular: bool,
    /// RFC o RUC del emisor; sobra si hay uno solo del país.
    #[arg(long)]
    emisor: Option<String>,
    /// Lo anterior a este día lo cobró el sistema viejo; hoy si no se dice.
    #[arg(long, value_parser = date)]
    al: Option<Fecha>,
    /// Qué hacer con un segundo renglón del mismo documento.
    #[arg(long, value_parser = ["retener", "servicio"], default_value = "retener")]
    duplicados: String,
    /// Retira un lote sobre el que nada se ha cobrado.
    #[arg(long, value_name = "LOTE", conflicts_with_all = ["archivo", "perfil", "simular"])]
    deshacer: Option<Uuid>,
}

impl Clientes {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let Que::Import(import) = self.que;
        match import.deshacer {
            Some(lote) => import.undo(lote).await,
            None => import.execute().await,
        }
    }
}

impl Import {
    async fn execute(self) -> anyhow::Result<ExitCode> {
        let casa = self.comun.casa().await?;
        let pedido = self.order()?;
        let informe = ramal_migracion::importar(&casa.db, &casa.cx, pedido, |avance| {
            if std::io::stderr().is_terminal() {
                eprint!("\r{} filas ", avance.filas);
            }
        });
        let informe = informe.await.map_err(problem)?;
        if self.comun.json {
            salida::print_json(&informe)?;
        } else {
            print_report(&informe);
        }
        Ok(HECHO)
    }

    fn order(&self) -> anyhow::Result<PedidoImportacion> {
        let archivo = self.archivo.as_deref().context("falta el archivo")?;
        let perfil = self.perfil.clone().context("falta --perfil")?;
        let origen = Origen::parse(archivo).map_err(problem)?;
        Ok(PedidoImportacion {
            intencion: if self.simular { Intencion::Simular } else { Intencion::Importar },
            emisor: self.emisor.clone(),
            al: self.al,
            duplicados: Duplicados::parse(&self.duplicados).unwrap_or_default(),
            ..PedidoImportacion::new(origen, perfil)
        })
    }

    async fn undo(self, lote: Uuid) -> anyhow::Result<ExitCode> {
        let casa = self.comun.casa().await?;
        let tx = casa.db.begin().await?;
        let hecho = ramal_migracion::deshacer(&tx, &casa.cx, lote).await.map_err(problem)?;
        tx.commit().await?;
        if self.comun.json {
            salida::print_json(&hecho)?;
        } else {
            let (clientes, servicios) = (hecho.clientes, hecho.servicios);
            println!("Lote {lote} retirado: {clientes} clientes, {servicios} servicios.");
        }
        Ok(HECHO)
    }
}

/// Reads a profile argument: one that does not exist is wrong usage, before anything is opened.
fn perfil(texto: &str) -> Result<Perfil, String> {
    Perfil::find(texto).map_err(|e| e.to_string())
}

/// Rows that a person reads at once; the rest are in the JSON.
const A_LA_VISTA: usize = 40;

fn print_report(informe: &Informe) {
    println!("Lote {}", informe.lote);
    println!("  filas        {:>10}", informe.filas);
    println!("  importadas   {:>10}", informe.importadas);
    println!("  clientes     {:>10}", informe.clientes);
    println!("  servicios    {:>10}", informe.servicios);
    println!("  rechazadas   {:>10}", informe.rechazadas.len());
    println!("  avisos       {:>10}", informe.avisos.len());
    let suma = ramal_base::dinero::format_centavos(informe.suma_centavos_activos);
    println!("  suma activos {suma:>10}");
    for d in informe.rechazadas.iter().take(A_LA_VISTA) {
        println!("  línea {}: {} ({}) {}", d.linea, d.campo, d.codigo, d.motivo);
    }
    if informe.rechazadas.len() > A_LA_VISTA {
        let ocultas = informe.rechazadas.len() - A_LA_VISTA;
        println!("  … y {ocultas} más; use --json para verlas todas");
    }
}
