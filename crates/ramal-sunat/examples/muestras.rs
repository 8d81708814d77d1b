//! Writes one signed sample of every shape into a folder, for the external oracles. It sends
//! nothing.
//!
//! `cargo run -p ramal-sunat --example muestras -- DIR`

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, missing_docs)]

#[path = "../tests/it/muestras.rs"]
mod muestras;

use std::path::PathBuf;

use ramal_base::Instante;
use ramal_sunat::FirmanteSunat;

fn main() {
    let carpeta = PathBuf::from(std::env::args().nth(1).expect("falta la carpeta de destino"));
    std::fs::create_dir_all(&carpeta).unwrap();
    let ahora = Instante::parse("2026-11-20T15:15:00Z").unwrap();
    let (desde, hasta) = (ahora.millis() - 86_400_000, ahora.millis() + 365 * 86_400_000);
    let nombre = "RAMAL DEMO S.A.C.";
    let firmante = FirmanteSunat::prueba(muestras::RUC, nombre, desde, hasta, vec![7]).unwrap();
    for (nombre, documento) in muestras::todas() {
        let firmado = firmante.firmar(&documento, ahora).unwrap();
        let archivo = carpeta.join(format!("{nombre}.xml"));
        std::fs::write(&archivo, firmado.xml).unwrap();
        println!("{}", archivo.display());
    }
}
