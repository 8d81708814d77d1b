//! Tests of the slice on both engines: payments, refunds, chargebacks, the cash desk, the routes
//! and the pages.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod apertura;
mod api;
mod caja;
mod historias;
mod listas;
mod mundo;
mod paginas;
mod pagos;
mod sala;
