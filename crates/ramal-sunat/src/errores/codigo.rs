//! One row of the table of codes. The rows live in the files of their range.

use serde::Serialize;

/// A code of SUNAT in our own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Codigo {
    /// Number, without leading zeros.
    pub numero: u16,
    /// What it means.
    pub texto: &'static str,
    /// What to do, for the frequent ones; empty otherwise.
    pub salida: &'static str,
}

/// Row with meaning only.
pub(super) const fn c(numero: u16, texto: &'static str) -> Codigo {
    Codigo { numero, texto, salida: "" }
}

/// Row with meaning and way out.
pub(super) const fn s(numero: u16, texto: &'static str, salida: &'static str) -> Codigo {
    Codigo { numero, texto, salida }
}
