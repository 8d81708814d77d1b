//! Tests of the slice on both engines, through its actions and through its routes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod almacen;
mod api;
mod apoyo;
mod listas;
mod navegador;
mod paginas;
