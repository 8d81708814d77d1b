//! The Python that judges our mail. It skips nothing: without it the tests fail and say what to do.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A Python that has the packages.
pub fn interpreter() -> PathBuf {
    let raiz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let propio = std::env::var_os("RAMAL_ORACULO").map(PathBuf::from);
    let candidatos = [
        propio.map(|v| v.join("bin/python")),
        Some(raiz.join("target/oraculo/bin/python")),
        Some(PathBuf::from("python3")),
    ];
    let sirve = |p: &PathBuf| {
        let mut prueba = Command::new(p);
        prueba.args(["-c", "import aiosmtpd, dkim, nacl"]);
        prueba.stdout(Stdio::null()).stderr(Stdio::null());
        prueba.status().is_ok_and(|s| s.success())
    };
    candidatos.into_iter().flatten().find(sirve).unwrap_or_else(|| {
        panic!(
            "no Python with aiosmtpd and dkimpy[ed25519]: run `cargo xtask ci`, which makes one, \
             or set RAMAL_ORACULO to a virtual environment with xtask/requirements.txt"
        )
    })
}

fn script(nombre: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oraculo").join(nombre)
}

/// What Python reads in a message.
pub fn judge(mensaje: &[u8], dns: &[(String, String)]) -> Value {
    use base64::Engine;
    let registros: serde_json::Map<String, Value> =
        dns.iter().map(|(k, v)| (k.clone(), Value::from(v.clone()))).collect();
    let pregunta = serde_json::json!({
        "mensaje": base64::engine::general_purpose::STANDARD.encode(mensaje), "dns": registros,
    });
    let mut hijo = Command::new(interpreter())
        .arg(script("juez_correo.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    hijo.stdin.take().unwrap().write_all(pregunta.to_string().as_bytes()).unwrap();
    let salida = hijo.wait_with_output().unwrap();
    assert!(salida.status.success(), "the judge failed");
    serde_json::from_slice(&salida.stdout).unwrap()
}

/// A real SMTP server in a process of its own; it ends with the test.
pub struct Servidor {
    hijo: Child,
    pub puerto: u16,
    carpeta: tempfile::TempDir,
}

impl Servidor {
    pub fn start(opciones: &[&str]) -> Servidor {
        let carpeta = tempfile::tempdir().unwrap();
        let mut hijo = Command::new(interpreter())
            .arg(script("servidor_smtp.py"))
            .arg(carpeta.path())
            .args(opciones)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut linea = String::new();
        BufReader::new(hijo.stdout.take().unwrap()).read_line(&mut linea).unwrap();
        let dicho: Value = serde_json::from_str(&linea).expect("the server did not start");
        let puerto = dicho["port"].as_u64().unwrap().try_into().unwrap();
        Servidor { hijo, puerto, carpeta }
    }

    /// Messages delivered, in order.
    pub fn delivered(&self) -> Vec<Vec<u8>> {
        let mut rutas: Vec<PathBuf> =
            std::fs::read_dir(self.carpeta.path()).unwrap().map(|e| e.unwrap().path()).collect();
        rutas.sort();
        rutas.iter().map(|r| std::fs::read(r).unwrap()).collect()
    }
}

impl Drop for Servidor {
    fn drop(&mut self) {
        let _ = self.hijo.kill();
        let _ = self.hijo.wait();
    }
}
