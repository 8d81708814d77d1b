//! `ramal rutas`: every page with who may see it, as the program declares it. The API's operations
//! are in its OpenAPI document.

use std::process::ExitCode;

use clap::Args;
use ramal_web::pagina::{Acceso, RutaPagina};
use serde_json::json;

use crate::salida::{self, HECHO};
use crate::wiring;

/// Páginas y el permiso que pide cada una.
#[derive(Args)]
pub struct Listado {
    /// Un objeto JSON en la salida.
    #[arg(long)]
    json: bool,
}

impl Listado {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let sitio = wiring::paginas();
        if self.json {
            let fila = |r: &RutaPagina| {
                let (metodo, acceso) = (r.metodo.as_str(), worded(r.acceso));
                json!({"metodo": metodo, "ruta": r.ruta, "acceso": acceso})
            };
            let filas: Vec<_> = sitio.rutas().iter().map(fila).collect();
            salida::print_json(&json!({ "rutas": filas }))?;
            return Ok(HECHO);
        }
        for r in sitio.rutas() {
            println!("{:<5}{:<60}{}", r.metodo.as_str(), r.ruta, worded(r.acceso));
        }
        Ok(HECHO)
    }
}

/// `publico`, `sesion`, or the permission.
fn worded(acceso: Acceso) -> &'static str {
    match acceso {
        Acceso::Publico => "publico",
        Acceso::Sesion => "sesion",
        Acceso::Permiso(permiso) => permiso,
    }
}
