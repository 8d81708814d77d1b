//! Running other programs: cargo, the built binary, tools. It never ends a process that it did not
//! start.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// `cargo` with these arguments, in the root of the workspace.
pub fn cargo(root: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    command.args(args).current_dir(root);
    command
}

/// `cargo` with clippy in the compiler's place and warnings refused, so that one compilation both
/// lints and builds. Errors: this toolchain has no clippy.
pub fn linted(root: &Path, args: &[&str]) -> Result<Command> {
    let mut command = cargo(root, args);
    let driver =
        which("clippy-driver").context("clippy is missing: rustup component add clippy")?;
    command.env("RUSTC_WORKSPACE_WRAPPER", driver).env("CLIPPY_ARGS", REFUSE_WARNINGS);
    Ok(command)
}

/// How `cargo clippy` hands `-D warnings` to its driver. A nil UUID is written as such: with whole
/// crates at hand the driver sees that it is the default, and asks for that name.
const REFUSE_WARNINGS: &str = "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__-A\
    __CLIPPY_HACKERY__clippy::unwrap_or_default__CLIPPY_HACKERY__";

/// Runs to the end with its output in sight. Errors: it did not start or failed.
pub fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    println!("$ {line}");
    let status = command.status().with_context(|| line.clone())?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// The same as [`run`], but asks it to end, and forces it, when it takes longer than `limit`.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let line = line(command);
    println!("$ {line}");
    let mut running = Running(command.spawn().with_context(|| line.clone())?);
    wait_until(&line, limit, || !running.is_alive())?;
    let status = running.0.wait()?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Runs to the end and returns stdout; stderr stays in sight.
///
/// Errors: it did not start, or failed (with the last of its stdout).
pub fn stdout(command: &mut Command) -> Result<String> {
    let line = line(command);
    println!("$ {line}");
    let output = command.stderr(Stdio::inherit()).output().with_context(|| line.clone())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let tail: String = text.lines().rev().take(5).collect::<Vec<_>>().join(" | ");
        bail!("`{line}` ended with {}: {tail}", output.status);
    }
    Ok(text)
}

/// Program and arguments as a person would type them.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|a| a.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Path of a program in `PATH`.
pub fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|p| p.is_file())
}

/// Compiles the binary and returns where it is.
pub fn build_ramal(root: &Path) -> Result<PathBuf> {
    run(&mut cargo(root, &["build", "--package", "ramal"]))?;
    Ok(binary(root))
}

/// Lints and compiles everything, tests too, with the features that the tests use, so that nothing
/// is compiled twice; returns where the binary is.
pub fn build_all(root: &Path) -> Result<PathBuf> {
    run(&mut linted(root, &["build", "--workspace", "--all-targets", "--keep-going"])?)?;
    Ok(binary(root))
}

fn binary(root: &Path) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    target.join("debug").join("ramal")
}

/// The binary on a data folder, without the settings of whoever runs the chore.
pub fn ramal(binary: &Path, data: &Path) -> Command {
    let mut command = Command::new(binary);
    command.env("RAMAL_DATA", data).env_remove("DATABASE_URL");
    command
}

/// A port of the loopback that nobody uses now.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// An empty folder at `path`.
pub fn fresh_folder(path: &Path) -> Result<PathBuf> {
    if path.exists() {
        std::fs::remove_dir_all(path).with_context(|| format!("{}", path.display()))?;
    }
    std::fs::create_dir_all(path).with_context(|| format!("{}", path.display()))?;
    Ok(path.to_path_buf())
}

/// Asks `ready` until it says yes. Errors: it did not within `limit`.
pub fn wait_until(what: &str, limit: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
    let start = Instant::now();
    while start.elapsed() < limit {
        if ready() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("{what} was not ready in {} s", limit.as_secs())
}

/// A process of ours that ends with its owner, whatever happens.
pub struct Running(Child);

impl Running {
    /// Starts it with its output in a file.
    pub fn start(command: &mut Command, log: &Path) -> Result<Running> {
        let file = std::fs::File::create(log).with_context(|| format!("{}", log.display()))?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        Ok(Running(command.spawn().with_context(|| line(command))?))
    }

    /// Whether it is still there.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// Sends a signal to this process alone and waits; forces it when it does not end in time.
    pub fn stop(&mut self, signal: &str) {
        let pid = self.0.id().to_string();
        let asked = Command::new("kill").args([signal, &pid]).status().is_ok_and(|s| s.success());
        let limit = Duration::from_secs(if asked { 20 } else { 0 });
        if wait_until("end", limit, || !self.is_alive()).is_err() {
            let forced = self.0.kill().and_then(|()| self.0.wait());
            if let Err(error) = forced {
                eprintln!("process {pid} could not be stopped: {error}");
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.is_alive() {
            self.stop("-TERM");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_program_is_an_error_with_its_line() {
        let error = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err().to_string();
        assert!(error.contains("sh -c exit 3") && error.contains('3'), "{error}");
        assert_eq!(stdout(Command::new("sh").args(["-c", "echo hola"])).unwrap(), "hola\n");
    }

    #[test]
    fn a_program_that_never_ends_is_stopped_and_is_an_error() {
        let limit = Duration::from_millis(300);
        let error = run_within(Command::new("sleep").arg("61"), limit).unwrap_err().to_string();
        assert!(error.contains("sleep 61 was not ready"), "{error}");
        run_within(&mut Command::new("true"), Duration::from_secs(10)).unwrap();
        run_within(&mut Command::new("false"), Duration::from_secs(10)).unwrap_err();
    }

    #[test]
    fn a_process_left_behind_is_stopped() {
        let log = std::env::temp_dir().join(format!("xtask-{}.log", std::process::id()));
        let running = Running::start(Command::new("sleep").arg("60"), &log).unwrap();
        let pid = running.0.id();
        drop(running);
        assert!(!Path::new(&format!("/proc/{pid}")).exists());
        std::fs::remove_file(log).unwrap();
    }
}
