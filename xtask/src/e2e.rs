//! Journeys of people through the real binary in a real browser, and Lighthouse on its pages. It
//! starts the demo and the browser's driver, and stops both; what a journey does is in `e2e/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args as ClapArgs;

use crate::api;
use crate::process::{self, Running};

/// What to walk, and with what.
#[derive(ClapArgs, Default)]
pub struct Args {
    /// A binary that is ready; without it one is built.
    #[arg(long)]
    binario: Option<PathBuf>,
    /// Only these journeys, separated by commas.
    #[arg(long)]
    solo: Option<String>,
    /// Lighthouse instead of the journeys.
    #[arg(long)]
    lighthouse: bool,
    /// Keeps the screenshots of the first journey in `reports/evidencia/`, which is in the
    /// repository.
    #[arg(long)]
    evidencia: bool,
}

/// What `--evidencia` keeps may not grow beyond this.
const EVIDENCE_BYTES: u64 = 2 << 20;
/// The journey whose screenshots are kept.
const EVIDENCE: &str = "operador-nuevo";
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Walks the journeys. Errors: one failed, or a tool is missing.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    ready(root)?;
    let binary = match &args.binario {
        Some(binary) => binary.canonicalize().with_context(|| binary.display().to_string())?,
        None => process::build_ramal(root)?,
    };
    walk(root, &binary, args)
}

/// Every journey with a binary that is ready, once the helpers of the journeys see what they must.
pub fn journeys_with(root: &Path, binary: &Path) -> Result<()> {
    let mut node = Command::new("node");
    node.args(["--test", "test/lib.test.mjs"]).current_dir(root.join("e2e"));
    process::run_within(&mut node, Duration::from_secs(120))?;
    walk(root, binary, &Args::default())
}

/// Lighthouse with a binary that is ready.
pub fn lighthouse_with(root: &Path, binary: &Path) -> Result<()> {
    walk(root, binary, &Args { lighthouse: true, ..Args::default() })
}

/// Brings the packages of `e2e/` as its lock file says; nothing of theirs is run to install them.
pub fn ready(root: &Path) -> Result<()> {
    let folder = root.join("e2e");
    let lock = std::fs::read(folder.join("package-lock.json")).context("e2e/package-lock.json")?;
    let stamp = folder.join("node_modules").join(".ramal-lock.json");
    if std::fs::read(&stamp).is_ok_and(|kept| kept == lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    process::run(npm.current_dir(&folder)).context("npm brings the browser's driver")?;
    std::fs::write(stamp, lock)?;
    Ok(())
}

fn walk(root: &Path, binary: &Path, args: &Args) -> Result<()> {
    let name = if args.lighthouse { "lighthouse" } else { "e2e" };
    let base = process::fresh_folder(&root.join("target").join(name))?;
    let out = root.join("reports").join(name);
    std::fs::create_dir_all(&out)?;
    let log = base.join("demo.log");
    let port = process::free_port()?;
    let data = base.join("datos");
    let mut demo = process::ramal(binary, &data);
    demo.args(["demo", "--json", "--port", &port.to_string(), "--data"]).arg(&data);
    let mut demo = Running::start(demo.current_dir(&base), &log)?;
    let served = process::wait_until("ramal demo", Duration::from_secs(180), || {
        !demo.is_alive() || api::is_ready(port)
    });
    served.with_context(|| log.display().to_string())?;
    ensure!(demo.is_alive(), "ramal demo ended by itself: {}", log.display());

    let mut node = Command::new("node");
    node.arg("run.mjs").args(["--url", &format!("http://127.0.0.1:{port}")]);
    node.arg("--demo").arg(&log).arg("--salida").arg(&out);
    node.args(args.solo.iter().flat_map(|names| ["--solo", names]));
    node.args(args.lighthouse.then_some("--lighthouse"));
    process::run_within(node.current_dir(root.join("e2e")), LIMIT)?;
    ensure!(demo.is_alive(), "the demo did not survive the journeys: {}", log.display());
    if args.evidencia { keep_evidence(root, &out) } else { Ok(()) }
}

/// Copies the screenshots that stay in the repository.
fn keep_evidence(root: &Path, out: &Path) -> Result<()> {
    let kept = process::fresh_folder(&root.join("reports").join("evidencia"))?;
    let mut bytes = 0;
    for entry in std::fs::read_dir(out.join(EVIDENCE)).context("no screenshots to keep")? {
        let entry = entry?;
        bytes += std::fs::copy(entry.path(), kept.join(entry.file_name()))?;
    }
    ensure!(bytes <= EVIDENCE_BYTES, "{bytes} bytes of screenshots are too many for a repository");
    println!("kept {bytes} bytes in {}", kept.display());
    Ok(())
}
