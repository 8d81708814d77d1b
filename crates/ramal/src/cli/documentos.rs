//! `ramal cfdi cadena|verify` and `ramal sunat verify`: judges documents made by any software. Touches no data folder.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Value, json};

use crate::salida::{self, HECHO, refused};

/// Documentos de México.
#[derive(Args)]
pub struct Cfdi {
    #[command(subcommand)]
    que: QueCfdi,
}

#[derive(Subcommand)]
enum QueCfdi {
    /// Cadena original de un CFDI.
    Cadena {
        /// Archivo XML.
        archivo: PathBuf,
        /// Un objeto JSON con la cadena y su SHA-256.
        #[arg(long)]
        json: bool,
    },
    /// Juzga CFDI de cualquier programa.
    Verify(Archivos),
}

/// Documentos de Perú.
#[derive(Args)]
pub struct Sunat {
    #[command(subcommand)]
    que: QueSunat,
}

#[derive(Subcommand)]
enum QueSunat {
    /// Juzga comprobantes UBL de cualquier programa.
    Verify(Archivos),
}

#[derive(Args)]
struct Archivos {
    /// Archivos XML.
    #[arg(required = true)]
    archivos: Vec<PathBuf>,
    /// Se acepta por igualdad con las demás órdenes: la salida siempre es JSON.
    #[arg(long)]
    json: bool,
}

/// Largest file read, bytes; what is larger is judged unreadable without reading it.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

impl Cfdi {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.que {
            QueCfdi::Cadena { archivo, json } => cadena(&archivo, json),
            QueCfdi::Verify(pedido) => verify(&pedido, |bytes, _| {
                let juicio = ramal_cfdi::verificacion::verificar(bytes);
                (juicio.valido, serde_json::to_value(juicio))
            }),
        }
    }
}

impl Sunat {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let QueSunat::Verify(pedido) = self.que;
        verify(&pedido, |bytes, nombre| {
            let juicio = ramal_sunat::lectura::verificar(bytes, nombre);
            (juicio.valido, serde_json::to_value(juicio))
        })
    }
}

fn read(archivo: &Path) -> anyhow::Result<Vec<u8>> {
    let peso = std::fs::metadata(archivo).map(|m| m.len());
    let peso = peso.with_context(|| format!("no se puede leer {}", archivo.display()))?;
    anyhow::ensure!(peso <= MAX_BYTES, "{} pesa demasiado para ser un comprobante", archivo.display());
    std::fs::read(archivo).with_context(|| format!("no se puede leer {}", archivo.display()))
}

fn cadena(archivo: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let bytes = read(archivo)?;
    let documento = match ramal_cfdi::cadena::cadena_de_bytes(&bytes) {
        Ok(documento) => documento,
        Err(error) => {
            eprintln!("{}: {error}", archivo.display());
            return Ok(refused());
        }
    };
    let texto = String::from_utf8_lossy(&documento.cadena);
    if json {
        salida::print_json(&json!({
            "archivo": archivo,
            "cadena": texto,
            "sha256": ramal_cfdi::texto::hex(&ramal_xml::sha256(&documento.cadena)),
            "complementos_desconocidos": documento.complementos_desconocidos,
        }))?;
    } else {
        println!("{texto}");
    }
    Ok(HECHO)
}

/// What is said of one file.
#[derive(Serialize)]
struct Juzgado {
    archivo: PathBuf,
    #[serde(flatten)]
    juicio: Value,
}

type Juicio = (bool, serde_json::Result<Value>);

fn verify(
    pedido: &Archivos,
    juez: impl Fn(&[u8], Option<&str>) -> Juicio,
) -> anyhow::Result<ExitCode> {
    let mut todos_validos = true;
    let mut juzgados = Vec::with_capacity(pedido.archivos.len());
    for archivo in &pedido.archivos {
        let (valido, juicio) = match read(archivo) {
            Ok(bytes) => {
                let nombre = archivo.file_name().and_then(|n| n.to_str());
                let (valido, juicio) = juez(&bytes, nombre);
                (valido, juicio?)
            }
            Err(error) => (false, unreadable(&error)),
        };
        todos_validos &= valido;
        juzgados.push(Juzgado { archivo: archivo.clone(), juicio });
    }
    salida::print_json(&json!({ "validos": todos_validos, "archivos": juzgados }))?;
    Ok(if todos_validos { HECHO } else { refused() })
}

fn unreadable(error: &anyhow::Error) -> Value {
    let problema = json!({
        "codigo": "archivo_ilegible",
        "campo": "",
        "motivo": format!("{error:#}"),
        "grave": true,
    });
    json!({ "legible": false, "valido": false, "problemas": [problema] })
}
