//! Documents judged by tools that share no code with ours: satcfdi and the SAT style sheet, the
//! schemas of SUNAT, xmlsec1, openssl. It decides nothing about what a good document is.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::python::Venv;

/// Crate, its checker and the mark of its documents.
struct Judge {
    package: &'static str,
    example: &'static str,
    script: &'static str,
    mark: &'static str,
}

const CFDI: Judge = Judge {
    package: "ramal-cfdi",
    example: "muestras_cfdi",
    script: "crates/ramal-cfdi/tests/oraculo/verificar_cfdi.py",
    mark: "<cfdi:Comprobante",
};
const SUNAT: Judge = Judge {
    package: "ramal-sunat",
    example: "muestras_cpe",
    script: "crates/ramal-sunat/tests/oraculo/verificar_cpe.py",
    mark: "ds:Signature",
};

/// Judges the samples of both countries and what a demo issued.
pub fn run(root: &Path) -> Result<()> {
    let venv = Venv::ready(root)?;
    let binary = process::build_ramal(root)?;
    for judge in [&CFDI, &SUNAT] {
        let args = ["build", "--package", judge.package, "--example", judge.example];
        process::run(&mut process::cargo(root, &args))?;
    }
    samples(root, &venv, &binary)?;
    issued(root, &venv, &binary)
}

/// Judges the samples that each format crate writes, every kind of document it knows, with the
/// examples compiled beside `binary`.
pub fn samples(root: &Path, venv: &Venv, binary: &Path) -> Result<()> {
    let examples = binary.with_file_name("examples");
    for judge in [&CFDI, &SUNAT] {
        let folder = folder(root, judge, "muestras")?;
        process::run(Command::new(examples.join(judge.example)).arg(&folder))?;
        verdict(root, venv, judge, &folder)?;
    }
    Ok(())
}

/// Judges what the binary issued through its real path in a whole demo.
pub fn issued(root: &Path, venv: &Venv, binary: &Path) -> Result<()> {
    let base = process::fresh_folder(&root.join("target").join("demo-oraculo"))?;
    let (data, export) = (base.join("datos"), base.join("exportado"));
    let mut demo = process::ramal(binary, &data);
    process::run(demo.args(["demo", "--once", "--data"]).arg(&data))?;
    let mut command = process::ramal(binary, &data);
    process::run(command.args(["comprobantes", "export", "--dir"]).arg(&export))?;

    for judge in [&CFDI, &SUNAT] {
        let folder = folder(root, judge, "emitidos")?;
        let count = sort_out(&export, &folder, judge)?;
        ensure!(count > 0, "the demo issued no document of {}", judge.package);
        println!("{count} issued documents of {}", judge.package);
        verdict(root, venv, judge, &folder)?;
    }
    Ok(())
}

fn folder(root: &Path, judge: &Judge, kind: &str) -> Result<PathBuf> {
    let name = format!("{}-{kind}", judge.package);
    process::fresh_folder(&root.join("target").join("oraculo-documentos").join(name))
}

fn verdict(root: &Path, venv: &Venv, judge: &Judge, folder: &Path) -> Result<()> {
    process::run(venv.tool("python").arg(root.join(judge.script)).arg(folder).current_dir(root))
}

/// Copies the XML documents of one country; acknowledgements (`R-…`) are not ours to judge.
fn sort_out(from: &Path, to: &Path, judge: &Judge) -> Result<usize> {
    let mut count = 0;
    for entry in std::fs::read_dir(from).with_context(|| format!("{}", from.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            count += sort_out(&path, to, judge)?;
            continue;
        }
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if !name.ends_with(".xml") || name.starts_with("R-") {
            continue;
        }
        let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
        if text.contains(judge.mark) && text.contains(CFDI.mark) == (judge.mark == CFDI.mark) {
            std::fs::copy(&path, to.join(name))?;
            count += 1;
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_go_to_the_judge_of_their_country_and_acknowledgements_to_none() {
        let base = std::env::temp_dir().join(format!("xtask-oraculo-{}", std::process::id()));
        let from = process::fresh_folder(&base.join("de/mx")).unwrap();
        std::fs::write(from.join("a.xml"), "<cfdi:Comprobante/>").unwrap();
        std::fs::write(from.join("b.xml"), "<Invoice><ds:Signature/></Invoice>").unwrap();
        std::fs::write(from.join("R-b.xml"), "<ds:Signature/>").unwrap();
        std::fs::write(from.join("b.pdf"), "<ds:Signature/>").unwrap();
        for (judge, name) in [(&CFDI, "a.xml"), (&SUNAT, "b.xml")] {
            let to = process::fresh_folder(&base.join("a")).unwrap();
            assert_eq!(sort_out(&base.join("de"), &to, judge).unwrap(), 1);
            assert!(to.join(name).is_file());
        }
        std::fs::remove_dir_all(base).unwrap();
    }
}
