//! The command line: its grammar and where each command lives. Spanish words for what an operator
//! does.

mod ajustes;
mod bench;
mod catalogo;
mod clientes;
mod comprobantes;
mod cuenta;
mod demo;
mod documentos;
mod emisor;
mod emulate;
mod ensayo;
mod facturacion;
pub mod init;
mod rutas;
mod serve;
pub mod usuarios;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use ramal_base::Fecha;

use crate::casa::Casa;
use crate::salida::problem;

/// Ramal: clientes, facturación y comprobantes legales de un ISP, en un solo programa.
#[derive(Parser)]
#[command(name = "ramal", version, about)]
pub struct Orden {
    #[command(subcommand)]
    orden: Cual,
}

/// Options that every command on a data folder takes.
#[derive(Args, Clone)]
pub struct Comun {
    /// Carpeta de datos.
    #[arg(long = "data", env = "RAMAL_DATA", default_value = "ramal-datos", global = true)]
    pub carpeta: PathBuf,
    /// Un objeto JSON en la salida; los avisos van por el canal de errores.
    #[arg(long, global = true)]
    pub json: bool,
}

impl Comun {
    /// Opens the house of the data folder.
    pub async fn casa(&self) -> anyhow::Result<Casa> {
        Casa::open(&self.carpeta).await
    }
}

#[derive(Subcommand)]
enum Cual {
    /// Deja una empresa lista para facturar en modo emulado.
    Init(Box<init::Init>),
    /// Cómo factura la empresa, o un emisor.
    Ajustes(ajustes::Ajustes),
    /// Certificados de los emisores.
    Emisor(emisor::Emisor),
    /// Planes y precios.
    Catalogo(catalogo::Catalogo),
    /// Clientes: importar el archivo de hoy.
    Clientes(Box<clientes::Clientes>),
    /// Corrida recurrente: vista previa, ejecución y estado.
    Facturacion(facturacion::Facturacion),
    /// Cuentas de los clientes: que cada saldo cuadre.
    Cuenta(cuenta::Cuenta),
    /// Archivos legales.
    Comprobantes(comprobantes::Comprobantes),
    /// Juzga comprobantes de México hechos por cualquier programa.
    Cfdi(documentos::Cfdi),
    /// Juzga comprobantes de Perú hechos por cualquier programa.
    Sunat(documentos::Sunat),
    /// Una autoridad estricta en esta máquina, con fallas a pedido.
    Emulate(emulate::Emulate),
    /// Empresa de demostración: la crea, factura un mes y la sirve.
    Demo(demo::Demo),
    /// Sirve la API y trabaja la cola.
    Serve(serve::Serve),
    /// Personas que entran.
    Usuarios(usuarios::Usuarios),
    /// Páginas y el permiso que pide cada una.
    Rutas(rutas::Listado),
    /// Escribe el documento OpenAPI.
    Openapi,
    /// Mide el camino real de la facturación.
    Bench(bench::Bench),
    /// Vive un mes entero con reloj propio y comprueba cada saldo.
    Ensayo(ensayo::Ensayo),
}

/// Runs a command and gives its exit code.
pub async fn dispatch(orden: Orden) -> anyhow::Result<ExitCode> {
    match orden.orden {
        Cual::Init(init) => init.run().await,
        Cual::Ajustes(ajustes) => ajustes.run().await,
        Cual::Emisor(emisor) => emisor.run().await,
        Cual::Catalogo(catalogo) => catalogo.run().await,
        Cual::Clientes(clientes) => clientes.run().await,
        Cual::Cuenta(cuenta) => cuenta.run().await,
        Cual::Comprobantes(comprobantes) => comprobantes.run().await,
        Cual::Cfdi(cfdi) => cfdi.run(),
        Cual::Sunat(sunat) => sunat.run(),
        Cual::Emulate(emulate) => emulate.run().await,
        Cual::Facturacion(facturacion) => facturacion.run().await,
        Cual::Demo(demo) => demo.run().await,
        Cual::Serve(serve) => serve.run().await,
        Cual::Usuarios(usuarios) => usuarios.run().await,
        Cual::Rutas(rutas) => rutas.run(),
        Cual::Openapi => openapi(),
        Cual::Bench(bench) => bench.run().await,
        Cual::Ensayo(ensayo) => ensayo.run().await,
    }
}

/// Reads a date argument.
pub fn date(texto: &str) -> Result<Fecha, String> {
    Fecha::parse(texto).map_err(|e| e.to_string())
}

/// The emisor with a number, or the only one. Refuses to guess among several.
pub async fn emisor_named(
    casa: &Casa,
    numero: Option<&str>,
) -> anyhow::Result<ramal_plataforma::Emisor> {
    if let Some(numero) = numero {
        let numero = numero.trim().to_uppercase();
        return ramal_plataforma::emisor_por_numero(&casa.db, &numero).await.map_err(problem);
    }
    let mut emisores = ramal_plataforma::emisores(&casa.db).await.map_err(problem)?;
    match (emisores.pop(), emisores.is_empty()) {
        (Some(unico), true) => Ok(unico),
        (None, _) => anyhow::bail!("no hay ningún emisor; créelo con `ramal init`"),
        _ => anyhow::bail!("hay varios emisores; diga cuál con --emisor NUMERO"),
    }
}

/// Prints the OpenAPI document that `serve` answers.
fn openapi() -> anyhow::Result<ExitCode> {
    let documento = ramal_web::documento(crate::wiring::rutas());
    crate::salida::print_line(&serde_json::to_string_pretty(&documento)?)?;
    Ok(crate::salida::HECHO)
}
