//! What the machine must have before the checks begin. It installs nothing: `.ci/run` does.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::{pg, process};

/// Program, and the Debian package that brings it.
const TOOLS: [(&str, &str); 7] = [
    ("python3", "python3 python3-venv"),
    ("xmlsec1", "xmlsec1"),
    ("xsltproc", "xsltproc"),
    ("xmllint", "libxml2-utils"),
    ("openssl", "openssl"),
    ("node", "nodejs"),
    ("npm", "npm"),
];

/// Says in one line what is missing and how to get it. Errors: something is.
pub fn check() -> Result<()> {
    let has = |tool: &str| process::which(tool).is_some();
    let mut missing = missing(has, pg::bin_folder().is_some());
    if browser().is_none() {
        missing.push(("chromium", "chromium fonts-dejavu-core"));
    }
    if has("node") && node_version().is_none_or(|v| v < NODE) {
        missing.push(("node 18", "nodejs"));
    }
    if has("python3") && !can_make_environments() {
        missing.push(("python3 -m venv", "python3-venv"));
    }
    if missing.is_empty() {
        println!("every tool is here");
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|(tool, _)| *tool).collect();
    let packages: Vec<&str> = missing.iter().map(|(_, package)| *package).collect();
    bail!("missing {}; install: apt-get install -y {}", names.join(", "), packages.join(" "))
}

/// Oldest node that the browser's driver accepts.
const NODE: u32 = 18;

/// The browser of the journeys: `CHROME_PATH`, or where distributions put it.
fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("CHROME_PATH").map(PathBuf::from).filter(|p| p.is_file());
    named.or_else(|| {
        ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|n| process::which(n))
    })
}

/// `v20.20.2` → 20.
fn node_version() -> Option<u32> {
    let output = std::process::Command::new("node").arg("--version").output().ok()?;
    major(&String::from_utf8_lossy(&output.stdout))
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Debian packs this part of Python apart.
fn can_make_environments() -> bool {
    let mut python = std::process::Command::new("python3");
    python.args(["-c", "import ensurepip, venv"]).status().is_ok_and(|s| s.success())
}

fn missing(has: impl Fn(&str) -> bool, has_postgres: bool) -> Vec<(&'static str, &'static str)> {
    let mut list: Vec<_> = TOOLS.into_iter().filter(|(tool, _)| !has(tool)).collect();
    if !has_postgres {
        list.push(("initdb", "postgresql"));
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20"), None);
    }

    #[test]
    fn each_missing_tool_is_named_with_its_package() {
        assert!(missing(|_| true, true).is_empty());
        assert_eq!(
            missing(|t| t != "xmllint", false),
            [("xmllint", "libxml2-utils"), ("initdb", "postgresql")]
        );
    }
}
