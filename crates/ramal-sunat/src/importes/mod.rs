//! Arithmetic of §10 and §11: from prices as sold to the figures of the document, exact, no floats.
//! It knows no XML and applies no payment policy.

mod error;
mod linea;
mod pagos;
mod totales;

pub use error::ImportesError;
pub use linea::{Descuento, Precio, Venta, linea, linea_en_cero};
pub use pagos::{Deposito, anticipo, detraccion, pendiente, retencion};
pub use totales::{Ajustes, totales, totales_con};
