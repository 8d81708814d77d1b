//! Tests of the slice on both engines, with channels that write down what they are asked and a
//! clock that only a test moves. They call no network.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod acuerdos;
mod emulados;
mod entrada;
mod falsos;
mod grupos;
mod mundo;
mod navegador;
mod paginas;
mod puertas;
mod salida;
