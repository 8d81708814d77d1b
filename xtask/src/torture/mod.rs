//! Billing under fire: the binary is killed at random moments of a corrida and started again, until
//! it is done; then numbers, customers and sums are compared with a corrida that nobody disturbed.

mod archivo;
mod azar;
mod comprobantes;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use serde_json::Value;

use crate::pg::Postgres;
use crate::process;
use crate::report::seconds;

use azar::Azar;

const FECHA: &str = "2026-12-01";
const EMISOR: &str = "20600000005";

/// Flags of `cargo xtask torture`.
#[derive(clap::Args)]
pub struct Args {
    /// Servicios to bill.
    #[arg(long, default_value_t = 100_000)]
    cantidad: u32,
    /// Times that the process is killed.
    #[arg(long, default_value_t = 20)]
    muertes: u32,
    /// Database engine.
    #[arg(long, value_enum, default_value_t = Motor::Ambos)]
    motor: Motor,
    /// Seed of the moments, to repeat a failure.
    #[arg(long, default_value_t = 1)]
    semilla: u64,
    /// Another binary than the one of this workspace, for instance an optimised one.
    #[arg(long)]
    binario: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Motor {
    Sqlite,
    Postgres,
    Ambos,
}

/// One company to bill: a binary on a data folder and maybe a database.
struct Company<'a> {
    binary: &'a Path,
    data: PathBuf,
    database: Option<String>,
}

/// What a corrida left behind, in a form that two of them can be compared by.
#[derive(Debug, PartialEq)]
struct Ledger {
    facturas: u64,
    aparcados: u64,
    totales: Value,
    /// Customer and amount of every document, in order.
    documentos: Vec<(String, String)>,
}

/// The long version.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    let binary = match &args.binario {
        Some(path) => path.canonicalize().with_context(|| format!("{}", path.display()))?,
        None => process::build_ramal(root)?,
    };
    if args.motor != Motor::Postgres {
        torture(root, &binary, None, args)?;
    }
    if args.motor != Motor::Sqlite {
        torture(root, &binary, Some(&Postgres::start(root)?), args)?;
    }
    Ok(())
}

/// The version of every day.
pub fn short(root: &Path, binary: &Path, postgres: Option<&Postgres>) -> Result<()> {
    let motor = if postgres.is_some() { Motor::Postgres } else { Motor::Sqlite };
    let args = Args { cantidad: 600, muertes: 5, motor, semilla: 7, binario: None };
    torture(root, binary, postgres, &args)
}

fn torture(root: &Path, binary: &Path, postgres: Option<&Postgres>, args: &Args) -> Result<()> {
    let engine = if postgres.is_some() { "postgres" } else { "sqlite" };
    let base = process::fresh_folder(&root.join("target").join("torture").join(engine))?;
    let file = base.join("clientes.csv");
    archivo::write(&file, args.cantidad)?;
    let prepare = |name: &str| -> Result<Company> {
        let database = postgres.map(|pg| pg.create(&format!("tortura_{name}"))).transpose()?;
        let company = Company { binary, data: base.join(name), database };
        company.prepare(&file, args.cantidad)?;
        Ok(company)
    };

    let calm = prepare("tranquila")?;
    let start = Instant::now();
    calm.json(&["facturacion", "run", "--fecha", FECHA])?;
    let usual = start.elapsed();
    println!("{engine}: an undisturbed corrida takes {}", seconds(usual));

    let stormy = prepare("tormenta")?;
    let kills = stormy.bill_while_killed(usual, args)?;
    println!("{engine}: killed {kills} times of {}", args.muertes);
    ensure!(kills > 0, "the corrida was never killed: use a larger --cantidad");

    let (expected, real) = (calm.ledger(args.cantidad)?, stormy.ledger(args.cantidad)?);
    ensure!(expected == real, "the ledger differs from that of an undisturbed corrida");
    println!("{engine}: {} facturas, no gap, no repeat, same ledger", real.facturas);
    Ok(())
}

impl Company<'_> {
    fn command(&self, args: &[&str]) -> Command {
        let mut command = process::ramal(self.binary, &self.data);
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database);
        }
        command.args(args);
        command
    }

    fn json(&self, args: &[&str]) -> Result<Value> {
        let text = process::stdout(self.command(args).arg("--json"))?;
        serde_json::from_str(&text).with_context(|| format!("not JSON: {text}"))
    }

    /// A company in emulated mode with its customers in.
    fn prepare(&self, file: &Path, count: u32) -> Result<()> {
        let init = ["init", "--pais", "pe", "--emisor", EMISOR, "--razon-social", "TORTURA S.A.C."];
        process::stdout(self.command(&init).arg("--certificado-prueba"))?;
        let file = file.to_string_lossy();
        let import = ["clientes", "import", &file, "--perfil", "seed003", "--al", FECHA];
        let lote = self.json(&import)?;
        ensure!(lote["importadas"] == count, "not every row was imported: {lote}");
        Ok(())
    }

    /// Starts the corrida again and again, killing it at moments drawn from the seed, and lets the
    /// last one finish. Returns how often it was killed.
    fn bill_while_killed(&self, usual: Duration, args: &Args) -> Result<u32> {
        let mut azar = Azar::new(args.semilla);
        // On average the kills are spread over one whole corrida.
        let widest = (usual * 3 / 2 / args.muertes.max(1)).max(Duration::from_millis(40));
        let mut kills = 0;
        while kills < args.muertes {
            let moment = azar.duration(widest);
            if self.kill_after(moment)? {
                break;
            }
            kills += 1;
        }
        self.json(&["facturacion", "run", "--fecha", FECHA])?;
        Ok(kills)
    }

    /// Runs the corrida for a moment and kills it. Returns true if it was done before.
    fn kill_after(&self, moment: Duration) -> Result<bool> {
        let mut command = self.command(&["facturacion", "run", "--fecha", FECHA, "--json"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let start = Instant::now();
        while start.elapsed() < moment {
            if let Some(status) = child.try_wait()? {
                ensure!(status.success(), "a corrida after a kill ended with {status}");
                return Ok(true);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill()?;
        child.wait()?;
        Ok(false)
    }

    /// Waits for the authority, checks numbers and repeats, and sums up.
    fn ledger(&self, count: u32) -> Result<Ledger> {
        self.json(&["facturacion", "run", "--fecha", FECHA, "--esperar"])?;
        let status = self.json(&["facturacion", "status", "--fecha", FECHA])?;
        let export = self.data.with_extension("exportado");
        let folder = export.to_string_lossy();
        process::stdout(&mut self.command(&["comprobantes", "export", "--dir", &folder]))?;
        let issued = comprobantes::read(&export)?;
        comprobantes::check_numbers(&issued)?;
        ensure!(issued.len() == count as usize, "{} documents for {count}", issued.len());
        let mut documentos: Vec<_> = issued.into_iter().map(|c| (c.cliente, c.importe)).collect();
        documentos.sort();
        let repeated = documentos.windows(2).find(|pair| pair[0].0 == pair[1].0);
        ensure!(repeated.is_none(), "billed twice: {repeated:?}");
        Ok(Ledger {
            facturas: status["facturas"].as_u64().context("status without facturas")?,
            aparcados: status["aparcados"].as_u64().context("status without aparcados")?,
            totales: status["totales"].clone(),
            documentos,
        })
    }
}
