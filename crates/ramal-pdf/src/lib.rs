//! Printed forms as PDF: legal documents of any country and payment orders, from plain texts.
//!
//! It knows no country, database or clock: the same input always gives the same bytes.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod error;
mod impreso;
mod orden;

pub use error::PdfError;
pub use impreso::{
    Alineacion, Campo, Columna, ColumnaTabla, Dato, Impreso, LineaImpresa, Marca, NivelQr,
    QrImpreso, TablaImpresa,
};
pub use orden::{OrdenDePago, ServicioImpreso};

/// Largest logo accepted, in bytes.
pub const LOGO_MAX_BYTES: usize = 1024 * 1024;

/// Most pages that one document may take.
pub const PAGINAS_MAX: usize = 500;

/// Paper on which a form is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Papel {
    /// 210 × 297 mm.
    A4,
    /// 8.5 × 11 in.
    Carta,
    /// Roll of 80 mm; as high as the text needs.
    Ticket80,
}
