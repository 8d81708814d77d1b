//! What the machine must have before the checks begin. It installs nothing: `.ci/run` does.

use anyhow::{Result, bail};

use crate::{pg, process};

/// Program, and the Debian package that brings it.
const TOOLS: [(&str, &str); 5] = [
    ("python3", "python3 python3-venv"),
    ("xmlsec1", "xmlsec1"),
    ("xsltproc", "xsltproc"),
    ("xmllint", "libxml2-utils"),
    ("openssl", "openssl"),
];

/// Says in one line what is missing and how to get it. Errors: something is.
pub fn check() -> Result<()> {
    let has = |tool: &str| process::which(tool).is_some();
    let mut missing = missing(has, pg::bin_folder().is_some());
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
    fn each_missing_tool_is_named_with_its_package() {
        assert!(missing(|_| true, true).is_empty());
        assert_eq!(
            missing(|t| t != "xmllint", false),
            [("xmllint", "libxml2-utils"), ("initdb", "postgresql")]
        );
    }
}
