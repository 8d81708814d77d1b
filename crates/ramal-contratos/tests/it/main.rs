//! Tests of the slice on both engines, through its routes and its daily job.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod apoyo;
mod calendario;
mod cambios;
mod contratar;
mod estados;
mod navegador;
mod paginas_clientes;
mod paginas_servicios;
mod rutas;
mod vencimientos;
