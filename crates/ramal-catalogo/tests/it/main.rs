//! Tests of the slice on both engines, through its actions and through its routes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api;
mod apoyo;
mod importacion;
mod navegador;
mod paginas;
mod precios;
mod productos;
