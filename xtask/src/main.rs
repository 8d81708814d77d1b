//! Chores of the project: `cargo xtask <chore>`. Nothing here ships with the program.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod api;
mod ci;
mod e2e;
mod oraculo;
mod pg;
mod process;
mod python;
mod report;
mod tidy;
mod tools;
mod torture;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tareas del proyecto Ramal")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Everything that must hold before a change is pushed.
    Ci,
    /// Rules of the house: floors, sizes, names, tables, clocks.
    Tidy {
        /// Rewraps comments and strings wider than 100 columns first.
        #[arg(long)]
        fix: bool,
    },
    /// Bills many servicios while the process is killed, then checks the ledger.
    Torture(torture::Args),
    /// Walks the pages of a served demo as people do, in a real browser.
    E2e(e2e::Args),
    /// Judges issued documents with independent Python tools.
    Oraculo,
    /// Fuzzes the API of a served demo.
    Schemathesis,
    /// Writes schema/openapi.json.
    Openapi {
        /// Only compares, and fails on a difference.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run(&Cli::parse().chore, &root()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!(
                "error: {}",
                error.chain().map(|e| e.to_string()).collect::<Vec<_>>().join(": ")
            );
            ExitCode::FAILURE
        }
    }
}

fn run(chore: &Chore, root: &Path) -> anyhow::Result<()> {
    match chore {
        Chore::Ci => ci::run(root),
        Chore::Tidy { fix } => {
            if *fix {
                tidy::fix(root)?;
            }
            tidy::run(root)
        }
        Chore::Torture(args) => torture::run(root, args),
        Chore::E2e(args) => e2e::run(root, args),
        Chore::Oraculo => oraculo::run(root),
        Chore::Schemathesis => api::fuzz(root),
        Chore::Openapi { check: true } => api::check(root),
        Chore::Openapi { check: false } => api::write(root),
    }
}

/// Root of the checkout that cargo runs us in; of the one we were compiled in when run by hand.
fn root() -> PathBuf {
    let compiled = || PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(compiled, PathBuf::from);
    here.parent().map_or(here.clone(), Path::to_path_buf)
}
