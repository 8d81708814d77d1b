//! Ramal: one program that runs a regional ISP. Parses the command and hands over; decides nothing
//! itself.

mod afectados;
mod avisos;
mod candado;
mod casa;
mod cli;
mod conexiones;
mod demo;
mod emuladores;
mod entorno;
mod frenos;
mod mantenimiento;
mod mensajeria;
mod paginas;
mod pasarelas;
mod puerta;
mod puertos;
mod salida;
mod seguimiento;
mod taller;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    salida::init_logs();
    let orden = cli::Orden::parse();
    match cli::dispatch(orden).await {
        Ok(codigo) => codigo,
        Err(error) => salida::fail(&error),
    }
}
