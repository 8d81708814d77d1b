//! `ramal cfdi cadena|verify` and `ramal sunat verify`: judges documents made by any software, with
//! the same keys for both countries. Touches no data folder.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use crate::salida::{self, HECHO, refused};

/// Documentos de México.
#[derive(Args)]
pub struct Cfdi {
    #[command(subcommand)]
    que: QueCfdi,
}

#[derive(Subcommand)]
enum QueCfdi {
    /// Cadena original de un CFDI, con o sin sello.
    Cadena {
        /// Archivo XML.
        archivo: PathBuf,
        /// Se acepta por igualdad con las demás órdenes: la salida ya es JSON.
        #[arg(long)]
        json: bool,
        /// Solo la cadena, sin JSON ni salto de línea, para dársela a otro programa.
        #[arg(long, conflicts_with = "json")]
        texto: bool,
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

/// Largest file read, bytes; what is larger is judged unreadable without reading the rest.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

impl Cfdi {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.que {
            QueCfdi::Cadena { archivo, texto: true, .. } => cadena_sola(&archivo),
            QueCfdi::Cadena { archivo, .. } => cadena(&archivo),
            QueCfdi::Verify(pedido) => verify(&pedido, judge_cfdi),
        }
    }
}

impl Sunat {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let QueSunat::Verify(pedido) = self.que;
        verify(&pedido, judge_sunat)
    }
}

/// Reads no more than the limit, also of what has no size of its own.
fn read(archivo: &Path) -> anyhow::Result<Vec<u8>> {
    let nombre = || format!("no se puede leer {}", archivo.display());
    let abierto = File::open(archivo).with_context(nombre)?;
    let mut bytes = Vec::new();
    abierto.take(MAX_BYTES + 1).read_to_end(&mut bytes).with_context(nombre)?;
    let cabe = bytes.len() as u64 <= MAX_BYTES;
    anyhow::ensure!(cabe, "{} pesa demasiado para ser un comprobante", archivo.display());
    Ok(bytes)
}

/// The cadena alone, byte for byte what is sealed.
fn cadena_sola(archivo: &Path) -> anyhow::Result<ExitCode> {
    let documento = ramal_cfdi::cadena::cadena_de_bytes(&read(archivo)?);
    let documento = documento.with_context(|| archivo.display().to_string())?;
    std::io::stdout().write_all(&documento.cadena)?;
    Ok(HECHO)
}

/// What the document says of itself and its cadena; whether it is sealed is what `verify` asks.
fn cadena(archivo: &Path) -> anyhow::Result<ExitCode> {
    let bytes = match read(archivo) {
        Ok(bytes) => bytes,
        Err(error) => {
            salida::print_json(&unreadable(archivo, judge_cfdi, &error))?;
            return Ok(refused());
        }
    };
    let (_, mut juicio) = judge_cfdi(&bytes, None);
    juicio.insert("archivo".into(), shown(archivo));
    let hecho = ramal_cfdi::cadena::cadena_de_bytes(&bytes);
    if let Ok(documento) = &hecho {
        let huella = ramal_cfdi::texto::hex(&ramal_xml::sha256(&documento.cadena));
        let texto = String::from_utf8_lossy(&documento.cadena);
        juicio.insert("cadena".into(), json!(texto));
        juicio.insert("cadena_sha256".into(), json!(huella));
    }
    salida::print_json(&juicio)?;
    Ok(if hecho.is_ok() { HECHO } else { refused() })
}

type Juicio = (bool, Map<String, Value>);
type Juez = fn(&[u8], Option<&str>) -> Juicio;

fn judge_cfdi(bytes: &[u8], _: Option<&str>) -> Juicio {
    let juicio = ramal_cfdi::verificacion::verificar(bytes);
    let (graves, avisos): (Vec<_>, Vec<_>) = juicio.problemas.iter().partition(|p| p.grave);
    let mut campos = object(&juicio);
    campos.insert("firma_valida".into(), json!(juicio.sello_valido));
    campos.insert("problemas".into(), json!(graves));
    campos.insert("avisos".into(), json!(avisos));
    (juicio.valido, campos)
}

fn judge_sunat(bytes: &[u8], nombre: Option<&str>) -> Juicio {
    let juicio = ramal_sunat::lectura::verificar(bytes, nombre);
    (juicio.valido, object(&juicio))
}

fn object(juicio: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(juicio) {
        Ok(Value::Object(campos)) => campos,
        _ => Map::new(),
    }
}

/// The path as people see it; it may have bytes that are no text.
fn shown(archivo: &Path) -> Value {
    json!(archivo.to_string_lossy())
}

/// The verdict on a file that gave no bytes, with all the keys of the others.
fn unreadable(archivo: &Path, juez: Juez, error: &anyhow::Error) -> Map<String, Value> {
    let (_, mut campos) = juez(b"", None);
    let problema = json!({ "codigo": "archivo_ilegible", "motivo": format!("{error:#}") });
    campos.insert("problemas".into(), json!([problema]));
    campos.insert("archivo".into(), shown(archivo));
    campos
}

fn verify(pedido: &Archivos, juez: Juez) -> anyhow::Result<ExitCode> {
    let mut todos_validos = true;
    let mut juzgados = Vec::with_capacity(pedido.archivos.len());
    for archivo in &pedido.archivos {
        let (valido, mut campos) = match read(archivo) {
            Ok(bytes) => juez(&bytes, archivo.file_name().and_then(|n| n.to_str())),
            Err(error) => (false, unreadable(archivo, juez, &error)),
        };
        campos.insert("archivo".into(), shown(archivo));
        todos_validos &= valido;
        juzgados.push(campos);
    }
    salida::print_json(&json!({ "validos": todos_validos, "archivos": juzgados }))?;
    Ok(if todos_validos { HECHO } else { refused() })
}
