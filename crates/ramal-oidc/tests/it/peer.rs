//! The real provider as a process: installed once under the build folder, started on a free port,
//! stopped by its own id. Without node or npm the tests are skipped aloud, or fail where they are
//! demanded.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const ARCHIVOS: [&str; 3] = ["package.json", "package-lock.json", "servidor.mjs"];
const MARGEN: Duration = Duration::from_secs(60);

/// Where the provider puts the claims.
#[derive(Clone, Copy)]
pub enum Donde {
    Ficha,
    Userinfo,
}

/// A provider that runs until it is dropped.
pub struct Par {
    pub emisor: String,
    proceso: Child,
    puerto: u16,
    argumentos: [String; 3],
    carpeta: PathBuf,
}

impl Par {
    /// Starts it, or none if the machine lacks node or npm and nobody demands the test.
    pub async fn start(retorno: &str, salida: &str, donde: Donde) -> Option<Par> {
        let carpeta = installed().await?;
        let donde = match donde {
            Donde::Ficha => "ficha",
            Donde::Userinfo => "userinfo",
        };
        let argumentos = [retorno.to_owned(), salida.to_owned(), donde.to_owned()];
        let puerto = free_port();
        let proceso = run(&carpeta, puerto, &argumentos).await;
        let emisor = format!("http://127.0.0.1:{puerto}");
        Some(Par { emisor, proceso, puerto, argumentos, carpeta })
    }

    /// Stops it and starts it at the same address with other keys and no memory.
    pub async fn rotate(&mut self) {
        self.proceso.kill().await.unwrap();
        self.proceso = run(&self.carpeta, self.puerto, &self.argumentos).await;
    }
}

/// A port that nobody listens on now.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn run(carpeta: &Path, puerto: u16, argumentos: &[String]) -> Child {
    let mut proceso = Command::new("node")
        .arg("servidor.mjs")
        .arg(puerto.to_string())
        .args(argumentos)
        .current_dir(carpeta)
        // It ends by itself when this end closes, even if the test is killed.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lineas = BufReader::new(proceso.stdout.take().unwrap()).lines();
    let lista = async {
        while let Some(linea) = lineas.next_line().await.unwrap() {
            if linea == "LISTO" {
                return;
            }
        }
        panic!("the provider ended before it listened");
    };
    tokio::time::timeout(MARGEN, lista).await.expect("the provider did not start in time");
    // What it prints later must not fill the pipe.
    tokio::spawn(async move { while let Ok(Some(_)) = lineas.next_line().await {} });
    proceso
}

/// The folder with the provider installed. Tests in parallel install apart and the first to end
/// gives its folder to the others.
async fn installed() -> Option<PathBuf> {
    if !works("node").await || !works("npm").await {
        let demandada = ["CI", "RAMAL_EXIGE_PARES"]
            .iter()
            .any(|v| std::env::var(v).is_ok_and(|valor| valor == "1" || valor == "true"));
        assert!(!demandada, "node and npm are needed for the identity provider of the tests");
        eprintln!(
            "SKIPPED: node or npm is missing; the sign-in against a real provider was not seen"
        );
        return None;
    }
    let fuente = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer");
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let casa = tmp.join(format!("oidc-provider-{}", fingerprint(&fuente)));
    if !casa.exists() {
        install(&fuente, tmp, &casa).await;
    }
    Some(casa)
}

async fn install(fuente: &Path, tmp: &Path, casa: &Path) {
    let obra = tempfile::tempdir_in(tmp).unwrap();
    for archivo in ARCHIVOS {
        fs::copy(fuente.join(archivo), obra.path().join(archivo)).unwrap();
    }
    let npm = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(obra.path())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let npm = tokio::time::timeout(MARGEN * 3, npm).await.expect("npm ci took too long").unwrap();
    assert!(npm.status.success(), "npm ci: {}", String::from_utf8_lossy(&npm.stderr));
    let obra = obra.keep();
    match fs::rename(&obra, casa) {
        Ok(()) => {}
        Err(e) if casa.exists() => {
            assert!(matches!(e.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists));
            fs::remove_dir_all(&obra).unwrap();
        }
        Err(e) => panic!("{e}"),
    }
}

async fn works(programa: &str) -> bool {
    let prueba = Command::new(programa)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await;
    prueba.is_ok_and(|s| s.success())
}

/// Another folder for other contents: a change of the lock or of the script installs again.
fn fingerprint(fuente: &Path) -> String {
    let mut contexto = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for archivo in ARCHIVOS {
        contexto.update(&fs::read(fuente.join(archivo)).unwrap());
    }
    contexto.finish().as_ref()[..6].iter().map(|b| format!("{b:02x}")).collect()
}
