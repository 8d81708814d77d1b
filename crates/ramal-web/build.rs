//! Gathers what the pages serve: the browser library from npm, the stylesheets joined into one, and
//! the files of `assets/`. It writes in `OUT_DIR` only, never in the source tree.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

type Hecho<T> = Result<T, Box<dyn Error>>;

/// The one file that comes from npm.
const HTMX: &str = "htmx.min.js";

fn main() -> Hecho<()> {
    let fuente = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let salida = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=assets");
    println!("cargo:rerun-if-changed=navegador/package-lock.json");
    println!("cargo:rerun-if-env-changed=RAMAL_NAVEGADOR");
    let carpeta = salida.join("estatico");
    let _ = fs::remove_dir_all(&carpeta);
    fs::create_dir_all(&carpeta)?;
    fs::copy(browser_library(&fuente.join("navegador"), &salida)?, carpeta.join(HTMX))?;
    fs::write(carpeta.join("ramal.css"), stylesheet(&fuente.join("assets/css"))?)?;
    copy_assets(&fuente.join("assets"), &carpeta)?;
    fs::write(salida.join("estatico.rs"), list(&carpeta)?)?;
    Ok(())
}

/// Where the browser library lies: the folder of `RAMAL_NAVEGADOR`, or what npm installs from the
/// lock file, once for each lock.
fn browser_library(navegador: &Path, salida: &Path) -> Hecho<PathBuf> {
    if let Some(carpeta) = std::env::var_os("RAMAL_NAVEGADOR").filter(|c| !c.is_empty()) {
        let archivo = PathBuf::from(carpeta).join(HTMX);
        let falta = || format!("RAMAL_NAVEGADOR no tiene {HTMX}: {}", archivo.display());
        return if archivo.is_file() { Ok(archivo) } else { Err(falta().into()) };
    }
    let taller = salida.join("navegador");
    let archivo = taller.join("node_modules/htmx.org/dist").join(HTMX);
    let candado = fs::read(navegador.join("package-lock.json"))?;
    let sello = taller.join("instalado.lock");
    if archivo.is_file() && fs::read(&sello).is_ok_and(|s| s == candado) {
        return Ok(archivo);
    }
    fs::create_dir_all(&taller)?;
    fs::write(taller.join("package-lock.json"), &candado)?;
    fs::copy(navegador.join("package.json"), taller.join("package.json"))?;
    install(&taller)?;
    fs::write(&sello, &candado)?;
    Ok(archivo)
}

fn install(taller: &Path) -> Hecho<()> {
    const REMEDIO: &str = "instalar Node.js 20 con npm y tener red la primera vez, o poner \
        RAMAL_NAVEGADOR=<carpeta con htmx.min.js>";
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let hecho = Command::new(npm)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(taller)
        .output()
        .map_err(|error| format!("no se pudo ejecutar npm ({error}): {REMEDIO}"))?;
    if hecho.status.success() {
        return Ok(());
    }
    let queja = String::from_utf8_lossy(&hecho.stderr);
    let queja = queja.lines().find(|l| l.contains("error")).unwrap_or("sin detalle").to_owned();
    Err(format!("npm ci falló ({queja}): {REMEDIO}").into())
}

/// Every stylesheet in the order of their names, without comments and blank lines.
fn stylesheet(carpeta: &Path) -> Hecho<String> {
    let mut hoja = String::new();
    for archivo in files(carpeta)?.iter().filter(|a| has_extension(a, "css")) {
        hoja.push_str(&fs::read_to_string(archivo)?);
        hoja.push('\n');
    }
    Ok(packed(&without_comments(&hoja)))
}

fn without_comments(hoja: &str) -> String {
    let mut limpia = String::with_capacity(hoja.len());
    let mut resto = hoja;
    while let Some((antes, despues)) = resto.split_once("/*") {
        limpia.push_str(antes);
        resto = despues.split_once("*/").map_or("", |(_, fin)| fin);
    }
    limpia + resto
}

fn packed(texto: &str) -> String {
    let lineas: Vec<&str> = texto.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    lineas.join("\n") + "\n"
}

/// Copies the files that lie directly in `assets/`; scripts lose their whole-line comments.
fn copy_assets(assets: &Path, carpeta: &Path) -> Hecho<()> {
    for archivo in files(assets)? {
        let Some(nombre) = archivo.file_name() else { continue };
        if has_extension(&archivo, "js") {
            let texto = fs::read_to_string(&archivo)?;
            let codigo = texto.lines().filter(|l| !l.trim_start().starts_with("//"));
            fs::write(carpeta.join(nombre), packed(&codigo.collect::<Vec<_>>().join("\n")))?;
        } else {
            fs::copy(&archivo, carpeta.join(nombre))?;
        }
    }
    Ok(())
}

fn has_extension(archivo: &Path, extension: &str) -> bool {
    archivo.extension().is_some_and(|e| e == extension)
}

/// The files of a folder in the order of their names; none if there is no folder.
fn files(carpeta: &Path) -> Hecho<Vec<PathBuf>> {
    let Ok(entradas) = fs::read_dir(carpeta) else { return Ok(Vec::new()) };
    let mut archivos = Vec::new();
    for entrada in entradas {
        let ruta = entrada?.path();
        if ruta.is_file() {
            archivos.push(ruta);
        }
    }
    archivos.sort();
    Ok(archivos)
}

/// The table that the crate includes: name and bytes of every file.
fn list(carpeta: &Path) -> Hecho<String> {
    let mut tabla = String::from("&[\n");
    for archivo in files(carpeta)? {
        let nombre = archivo.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let fila = format!(
            "({nombre:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), {:?}))),\n",
            format!("/estatico/{nombre}")
        );
        tabla.push_str(&fila);
    }
    Ok(tabla + "]\n")
}
