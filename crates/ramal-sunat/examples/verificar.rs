//! Prints the verdict on each file as one JSON line; exit 1 if any is not valid. It asks SUNAT
//! nothing.
//!
//! `cargo run -p ramal-sunat --example verificar -- FILE…`

use std::process::ExitCode;

use ramal_sunat::lectura::verificar;

fn main() -> ExitCode {
    let mut todos_validos = true;
    for archivo in std::env::args().skip(1) {
        let bytes = std::fs::read(&archivo).unwrap_or_default();
        let veredicto = verificar(&bytes, Some(&archivo));
        todos_validos &= veredicto.valido;
        println!("{}", serde_json::to_string(&veredicto).unwrap_or_default());
    }
    if todos_validos { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
