//! `cargo xtask ci`: the same checks on a laptop and on the server. It does not install tools and
//! keeps no state outside `target/`.

use std::path::Path;

use anyhow::{Result, ensure};

use crate::pg::Postgres;
use crate::python::Venv;
use crate::report::Report;
use crate::{api, e2e, oraculo, process, tidy, tools, torture};

/// Every check, with a table of results and times at the end. Errors: one failed.
pub fn run(root: &Path) -> Result<()> {
    let mut report = Report::default();
    if report.step("tools", tools::check).is_none() {
        return report.finish();
    }
    report.step("fmt", || process::run(&mut process::cargo(root, &["fmt", "--all", "--check"])));
    report.step("tidy", || tidy::run(root));
    let binary = report.step("clippy and build", || process::build_all(root));
    let postgres = report.step("postgresql", || Postgres::start(root));
    let venv = report.step("python tools", || Venv::ready(root));
    let packages = report.step("node packages", || e2e::ready(root)).is_some();
    match (&postgres, &venv, packages) {
        (Some(pg), Some(venv), true) => tests(root, (pg, venv), &mut report),
        _ => report.skip("tests", "postgresql, the Python tools or the node packages failed"),
    }
    if let (Some(binary), Some(venv)) = (&binary, &venv) {
        report.step("oraculo: samples", || oraculo::samples(root, venv, binary));
        report.step("oraculo: issued", || oraculo::issued(root, venv, binary));
        report.step("openapi", || api::check_with(root, binary));
        report.step("schemathesis", || api::fuzz_with(root, venv, binary));
    } else {
        report.skip("issued documents, API", "no binary or no Python tools");
    }
    match &binary {
        Some(binary) if packages => {
            report.step("e2e", || e2e::journeys_with(root, binary));
            report.step("lighthouse", || e2e::lighthouse_with(root, binary));
        }
        _ => report.skip("e2e, lighthouse", "no binary or no packages"),
    }
    if let (Some(binary), Some(pg)) = (&binary, &postgres) {
        report.step("torture: sqlite", || torture::short(root, binary, None));
        report.step("torture: postgresql", || torture::short(root, binary, Some(pg)));
    }
    drop(postgres);
    report.finish()
}

/// Every test, on both engines: a test of storage runs on PostgreSQL when the address is given, and
/// one that asks a peer or a vendor's library finds it in the Python tools or in e2e's packages.
fn tests(root: &Path, (pg, venv): (&Postgres, &Venv), report: &mut Report) {
    let runner: &[&str] = if process::which("cargo-nextest").is_some() {
        &["nextest", "run", "--workspace", "--no-fail-fast"]
    } else {
        &["test", "--workspace", "--all-targets", "--no-fail-fast"]
    };
    let address = pg.url("postgres");
    report.step("tests", || {
        let mut command = process::linted(root, runner)?;
        command.env("RAMAL_TEST_POSTGRES", &address).env("RAMAL_ORACULO", venv.folder());
        process::run(&mut command)
    });
    report.step("doc tests", || {
        let libraries = libraries(root)?;
        ensure!(!libraries.is_empty(), "no crate has an example in its docs");
        let mut args = vec!["test", "--doc"];
        args.extend(libraries.iter().flat_map(|name| ["--package", name]));
        process::run(&mut process::linted(root, &args)?)
    });
}

/// Crates with an example in their docs; linking the others would only cost time.
fn libraries(root: &Path) -> Result<Vec<String>> {
    let has_example = |folder: &Path| -> Result<bool> {
        let mut folders = vec![folder.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if std::fs::read_to_string(&path)?.contains("/// ```") {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root.join("crates"))? {
        let entry = entry?;
        let source = entry.path().join("src");
        if source.join("lib.rs").is_file() && has_example(&source)? {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}
