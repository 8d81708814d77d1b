//! Tests of the import on both engines. One file per risk.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod api;
mod apoyo;
mod deshacer;
mod emisores;
mod fixtures;
mod navegador;
mod origenes;
mod paginas;
mod perfiles;
mod reglas;
mod repetir;
