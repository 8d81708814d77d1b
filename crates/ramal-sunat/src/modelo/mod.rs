//! Typed model of the documents: what is written, already computed. It does no arithmetic (see
//! `importes`) and checks no rule (see `validador`).

mod comprobante;
mod lotes;
mod pago;
mod partes;

pub use comprobante::{
    Afectado, Comun, Cpe, DescuentoLinea, Leyenda, Linea, Nota, Subtotal, TipoCpe, TipoNota,
    Totales,
};
pub use lotes::{Baja, Condicion, LineaBaja, LineaResumen, Lote, Resumen};
pub use pago::{
    Anticipo, Cuota, DescuentoGlobal, Detraccion, FormaPago, Retencion, TributoAnticipo,
};
pub use partes::{Cliente, Direccion, Emisor};
