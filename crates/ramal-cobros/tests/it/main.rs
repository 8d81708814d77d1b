//! Risks of collecting through gateways, on both engines. One binary.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod avisos;
mod creacion;
mod cuarentena;
mod dinero;
mod emulador;
mod falsa;
mod mundo;
mod paginas;
mod rutas;
mod silencio;
mod tortura;
