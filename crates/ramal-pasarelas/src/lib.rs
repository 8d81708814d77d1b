//! Payment gateways on their real wire, behind one port. Keeps no state of a payment and knows no
//! database.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod aviso;
mod circuito;
pub mod cobro;
mod comun;
pub mod emulada;
mod emulada_aviso;
pub mod falla;
mod firma;
mod importe;
pub mod juicio;
pub mod mercadopago;
mod mercadopago_aviso;
mod mercadopago_json;
mod mercadopago_pedidos;
pub mod pasarela;
pub mod red;
pub mod secreto;
pub mod stripe;
mod stripe_aviso;
mod stripe_formas;
mod stripe_json;

pub use aviso::{AvisoCrudo, AvisoVerificado, ClaseAviso, RechazoAviso};
pub use cobro::{
    CobroCreado, DevolucionRemota, DocumentoPagador, EstadoCobro, EstadoDevolucion, EstadoRemoto,
    Instruccion, MedioRemoto, Pagador, PedidoCobro, PedidoDevolucion,
};
pub use emulada::{ConfigEmulada, Emulada};
pub use falla::{CODIGO_NO_EXISTE, FallaPasarela};
pub use juicio::{Diferencia, Esperado, judge};
pub use mercadopago::{ConfigMercadoPago, MercadoPago};
pub use pasarela::Pasarela;
pub use red::{AjustesRed, Red};
pub use secreto::{Secreto, Secretos};
pub use stripe::{ConfigStripe, Stripe};
