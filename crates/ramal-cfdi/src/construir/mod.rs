//! Builders of whole documents: ingreso, egreso, global and REP, from lines and balances to a
//! `Comprobante` ready to seal. They read no database and decide no number, date or rate.

mod global;
mod ingreso;
mod pago;

pub use global::{
    DatosGlobal, NOMBRE_PUBLICO, Periodo, RFC_PUBLICO, Recibo, global, publico_en_general,
};
pub use ingreso::{DatosEgreso, DatosIngreso, Linea, concepto, egreso, ingreso};
pub use pago::{DatosPago, Factura, GrupoImpuesto, PagoRecibido, Partida, pago};
