//! Python and Node with the vendors' libraries. Without them the tests fail and say what to do:
//! a signature that nobody else judged is not proven.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

const LIMITE: Duration = Duration::from_secs(120);
const ARCHIVOS: [&str; 3] = ["package.json", "package-lock.json", "juez.mjs"];

/// What a script of `tests/oraculo` prints: JSON, or a word.
pub async fn python(script: &str, argumentos: &[&str], entrada: &Value) -> Value {
    let ruta = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oraculo").join(script);
    let mut orden = Command::new(interpreter().await);
    orden.arg(ruta).args(argumentos);
    let salida = run(orden, entrada).await;
    serde_json::from_str(&salida).unwrap_or_else(|_| Value::from(salida.trim()))
}

/// What `juez.mjs` prints.
pub async fn node(argumentos: &[&str], entrada: &Value) -> String {
    let casa = installed().await;
    let mut orden = Command::new("node");
    orden.arg("juez.mjs").args(argumentos).current_dir(casa);
    run(orden, entrada).await
}

async fn run(mut orden: Command, entrada: &Value) -> String {
    orden.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut hijo = orden.spawn().unwrap();
    let mut boca = hijo.stdin.take().unwrap();
    boca.write_all(entrada.to_string().as_bytes()).await.unwrap();
    drop(boca);
    let salida = tokio::time::timeout(LIMITE, hijo.wait_with_output()).await;
    let salida = salida.expect("the judge took too long").unwrap();
    let error = String::from_utf8_lossy(&salida.stderr);
    assert!(salida.status.success(), "the judge says no:\n{error}");
    String::from_utf8(salida.stdout).unwrap()
}

/// The one that `RAMAL_ORACULO` names, unasked: a script that lacks its library fails aloud.
async fn interpreter() -> PathBuf {
    if let Some(propio) = std::env::var_os("RAMAL_ORACULO") {
        return PathBuf::from(propio).join("bin/python");
    }
    let hecho = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/oraculo/bin/python");
    for candidato in [hecho, PathBuf::from("python3")] {
        if works(&candidato, &["-c", "import stripe, standardwebhooks"]).await {
            return candidato;
        }
    }
    panic!(
        "no Python with stripe and standardwebhooks: run `cargo xtask ci`, which makes one, or \
         set RAMAL_ORACULO to a virtual environment with xtask/requirements.txt"
    )
}

/// Folder with Mercado Pago's library. Tests in parallel install apart; the first to end gives its
/// folder to the others.
async fn installed() -> PathBuf {
    let fuente = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mercadopago");
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let casa = tmp.join(format!("mercadopago-{}", fingerprint(&fuente)));
    if casa.exists() {
        return casa;
    }
    let hay = works(Path::new("node"), &["--version"]).await
        && works(Path::new("npm"), &["--version"]).await;
    assert!(hay, "node 18 or later and npm are needed for Mercado Pago's library: install them");
    let obra = tempfile::tempdir_in(tmp).unwrap();
    for archivo in ARCHIVOS {
        std::fs::copy(fuente.join(archivo), obra.path().join(archivo)).unwrap();
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(obra.path());
    run(npm, &Value::Null).await;
    let obra = obra.keep();
    if std::fs::rename(&obra, &casa).is_err() {
        assert!(casa.exists(), "the installed library could not be put in its place");
        std::fs::remove_dir_all(&obra).unwrap();
    }
    casa
}

async fn works(programa: &Path, argumentos: &[&str]) -> bool {
    let mut prueba = Command::new(programa);
    prueba.args(argumentos).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    prueba.status().await.is_ok_and(|s| s.success())
}

/// Another folder for other contents.
fn fingerprint(fuente: &Path) -> String {
    let mut contexto = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for archivo in ARCHIVOS {
        contexto.update(&std::fs::read(fuente.join(archivo)).unwrap());
    }
    hex::encode(&contexto.finish().as_ref()[..6])
}
