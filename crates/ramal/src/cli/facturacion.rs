//! `ramal facturacion preview|run|status`: the recurring run from the command line, with progress
//! on stderr.

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use ramal_base::Fecha;
use ramal_facturacion::corrida::{self, Avance, Opciones, ResumenCorrida};

use super::{Comun, date};
use crate::emuladores::Reparto;
use crate::salida::{self, HECHO, problem};

/// Corrida recurrente.
#[derive(Args)]
pub struct Facturacion {
    #[command(subcommand)]
    que: Que,
}

#[derive(Subcommand)]
enum Que {
    /// Lo que la corrida haría, sin escribir nada.
    Preview(Pedido),
    /// Ejecuta la corrida; se puede interrumpir y repetir.
    Run(Pedido),
    /// Lo que la corrida hizo.
    Status(Pedido),
}

#[derive(Args)]
struct Pedido {
    #[command(flatten)]
    comun: Comun,
    /// Día de la corrida, AAAA-MM-DD.
    #[arg(long, value_parser = date)]
    fecha: Fecha,
    /// Espera a que la autoridad haya respondido todo.
    #[arg(long)]
    esperar: bool,
}

impl Facturacion {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self.que {
            Que::Preview(pedido) => pedido.preview().await,
            Que::Run(pedido) => pedido.execute().await,
            Que::Status(pedido) => pedido.status().await,
        }
    }
}

impl Pedido {
    async fn preview(self) -> anyhow::Result<ExitCode> {
        let casa = self.comun.casa().await?;
        let resumen = corrida::preview(&casa.db, &casa.cx, self.fecha).await.map_err(problem)?;
        self.report(&resumen)
    }

    async fn execute(self) -> anyhow::Result<ExitCode> {
        let casa = self.comun.casa().await?;
        let pedido = (self.fecha, Opciones::default());
        let hecho = corrida::run(&casa.db, &casa.cx, &casa.sello, pedido, progress).await;
        hecho.map_err(problem)?;
        if self.esperar {
            crate::taller::wait_for_run(&casa, self.fecha, Reparto::Solo).await?;
        }
        let resumen = corrida::resumen(&casa.db, self.fecha).await.map_err(problem)?;
        self.report(&resumen)
    }

    async fn status(self) -> anyhow::Result<ExitCode> {
        let casa = self.comun.casa().await?;
        let resumen = corrida::resumen(&casa.db, self.fecha).await.map_err(problem)?;
        self.report(&resumen)
    }

    fn report(&self, resumen: &ResumenCorrida) -> anyhow::Result<ExitCode> {
        if self.comun.json {
            salida::print_json(resumen)?;
        } else {
            print_table(resumen);
        }
        if self.esperar && resumen.estado == "detenida" {
            eprintln!(
                "La autoridad no puede responder todo hasta que alguien corrija lo detenido:"
            );
            for d in &resumen.detenidos {
                eprintln!("  {} {}: {} ({})", d.comprobantes, d.estado, d.motivo, d.codigo);
            }
            return Ok(salida::refused());
        }
        Ok(HECHO)
    }
}

/// One line of progress that rewrites itself, only where a person looks.
fn progress(avance: Avance) {
    if std::io::stderr().is_terminal() {
        eprint!(
            "\r{} clientes, {} comprobantes, {} sellados, {} aparcados ",
            avance.clientes, avance.papeles, avance.sellados, avance.aparcados
        );
    }
}

fn print_table(r: &ResumenCorrida) {
    println!("Corrida del {} · {}", r.fecha, r.estado);
    println!("  clientes    {:>10}", r.clientes);
    println!("  facturas    {:>10}", r.facturas);
    println!("  notas       {:>10}", r.notas);
    println!("  aparcados   {:>10}", r.aparcados);
    for (moneda, total) in &r.totales {
        println!("  total {moneda}  {total:>12}");
    }
    for (estado, n) in &r.comprobantes {
        println!("  {estado:<12}{n:>10}");
    }
    for d in &r.detenidos {
        println!("  {} {}: {} ({})", d.comprobantes, d.estado, d.motivo, d.codigo);
    }
    for a in &r.aparcados_detalle {
        println!("  aparcado {}: {} ({})", a.cliente_id, a.motivo, a.codigo);
    }
}
