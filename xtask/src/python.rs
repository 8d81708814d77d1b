//! The Python tools that judge our documents and our API: a virtual environment under `target/`,
//! with pinned versions. `RAMAL_ORACULO` names one that is already made.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::process;

const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// The environment, made or brought up to date when needed.
pub struct Venv(PathBuf);

impl Venv {
    /// Errors: no Python, or the packages cannot be fetched.
    pub fn ready(root: &Path) -> Result<Venv> {
        if let Some(made) = std::env::var_os("RAMAL_ORACULO") {
            return Ok(Venv(made.into()));
        }
        let venv = Venv(root.join("target").join("oraculo"));
        let stamp = venv.0.join("requirements.txt");
        if std::fs::read_to_string(&stamp).is_ok_and(|text| text == REQUIREMENTS) {
            return Ok(venv);
        }
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&venv.0))?;
        let wanted = venv.0.join("wanted.txt");
        std::fs::write(&wanted, REQUIREMENTS)?;
        let mut pip = venv.tool("pip");
        pip.args(["install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&wanted);
        process::run(&mut pip)?;
        // The stamp comes last: a half-made environment is made again.
        std::fs::rename(wanted, stamp)?;
        Ok(venv)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// A program of the environment.
    pub fn tool(&self, name: &str) -> Command {
        Command::new(self.0.join("bin").join(name))
    }
}
