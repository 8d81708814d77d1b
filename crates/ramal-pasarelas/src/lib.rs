//! Payment gateways on their real wire, behind one port. Keeps no state of a payment and knows no
//! database.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod aviso;
pub mod cobro;
pub mod falla;
pub mod juicio;
pub mod pasarela;
pub mod secreto;

pub use aviso::{AvisoCrudo, AvisoVerificado, ClaseAviso, RechazoAviso};
pub use cobro::{
    CobroCreado, DevolucionRemota, DocumentoPagador, EstadoCobro, EstadoDevolucion, EstadoRemoto,
    Instruccion, MedioRemoto, Pagador, PedidoCobro, PedidoDevolucion,
};
pub use falla::{CODIGO_NO_EXISTE, FallaPasarela};
pub use juicio::{Diferencia, Esperado, judge};
pub use pasarela::Pasarela;
pub use secreto::{Secreto, Secretos};
