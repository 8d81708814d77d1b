//! Running the real binary on a data folder of its own. Asserts nothing itself.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A data folder and the binary that works on it.
pub struct Programa {
    carpeta: tempfile::TempDir,
}

impl Programa {
    pub fn new() -> Programa {
        Programa { carpeta: tempfile::tempdir().unwrap() }
    }

    /// Writes a file beside the data and gives its path.
    pub fn file(&self, nombre: &str, texto: &[u8]) -> PathBuf {
        let ruta = self.carpeta.path().join(nombre);
        std::fs::write(&ruta, texto).unwrap();
        ruta
    }

    /// Where its data are.
    pub fn data(&self) -> PathBuf {
        self.carpeta.path().join("datos")
    }

    pub fn run(&self, orden: &[&str]) -> Output {
        command(&self.data(), orden)
    }

    /// Runs with `--json`, expects exit 0, and reads the one object.
    pub fn json(&self, orden: &[&str]) -> Value {
        let con_json: Vec<&str> = orden.iter().copied().chain(["--json"]).collect();
        let salida = self.run(&con_json);
        let errores = String::from_utf8_lossy(&salida.stderr);
        assert!(salida.status.success(), "{orden:?}: {errores}");
        serde_json::from_slice(&salida.stdout).expect("stdout must be one JSON object")
    }

    /// The same, with something on its stdin.
    pub fn json_with_input(&self, orden: &[&str], entrada: &str) -> Value {
        let mut proceso = prepared(&self.data(), orden)
            .arg("--json")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        proceso.stdin.take().unwrap().write_all(entrada.as_bytes()).unwrap();
        let salida = proceso.wait_with_output().unwrap();
        assert!(salida.status.success(), "{orden:?}");
        serde_json::from_slice(&salida.stdout).expect("stdout must be one JSON object")
    }

    pub fn code(&self, orden: &[&str]) -> i32 {
        self.run(orden).status.code().unwrap()
    }

    pub fn mexico(&self) {
        self.json(&[
            "init",
            "--pais",
            "mx",
            "--emisor",
            "EKU9003173C9",
            "--razon-social",
            "ESCUELA KEMPER URGATE",
            "--certificado-prueba",
        ]);
    }

    pub fn peru(&self) {
        self.json(&[
            "init",
            "--pais",
            "pe",
            "--emisor",
            "20600000005",
            "--razon-social",
            "RAMAL DEMO S.A.C.",
            "--certificado-prueba",
        ]);
    }
}

/// The binary under test, away from the environment of whoever runs the tests.
fn prepared(carpeta: &Path, orden: &[&str]) -> Command {
    let mut comando = Command::new(env!("CARGO_BIN_EXE_ramal"));
    comando.args(orden).env_remove("DATABASE_URL").env_remove("PAC_URL").env_remove("SUNAT_URL");
    comando.env("RAMAL_DATA", carpeta);
    comando
}

/// Runs it to its end.
pub fn command(carpeta: &Path, orden: &[&str]) -> Output {
    prepared(carpeta, orden).output().unwrap()
}
