//! Collections over both engines: promises, cuts with their brakes, returns, fees, pauses, the
//! network, the pass that is killed and done again, and the edges.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod api;
mod avisos;
mod cortes;
mod mundo;
mod paginas;
mod pasada;
mod pausas;
mod precios;
mod promesas;
mod recargos;
mod reconexion;
mod sala;
