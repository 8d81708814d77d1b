//! Judges files and prints one JSON object per line, for tests against outside tools.
//!
//! Usage: `cargo run -p ramal-cfdi --example verificar -- ARCHIVO…`

use std::error::Error;

use ramal_cfdi::verificacion::verificar;

fn main() -> Result<(), Box<dyn Error>> {
    for archivo in std::env::args().skip(1) {
        let resultado = verificar(&std::fs::read(&archivo)?);
        println!("{}", serde_json::json!({ "archivo": archivo, "resultado": resultado }));
    }
    Ok(())
}
