//! Writers of the five documents, canonical by construction (§4–§9): what is written is what is
//! digested. They trust the figures of the model and sign nothing.

mod bloques;
mod cpe;
mod linea;
mod lotes;
mod nota;
mod pluma;
mod raiz;

pub use cpe::escribir_cpe;
pub use lotes::{escribir_baja, escribir_resumen};
pub use nota::escribir_nota;
pub use raiz::{CAC, CBC, DS, EXT, Raiz, SAC};

/// Canonical document with the empty place of its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinFirma {
    pub(crate) bytes: Vec<u8>,
    pub(crate) hueco: usize,
    pub(crate) raiz: Raiz,
    pub(crate) id_firma: String,
}

impl SinFirma {
    /// Bytes from `<Root …` to `</Root>`, without XML declaration: exactly what is digested.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Offset at which `ds:Signature` goes.
    pub fn hueco(&self) -> usize {
        self.hueco
    }

    /// Root element, which fixes the namespaces in scope.
    pub fn raiz(&self) -> Raiz {
        self.raiz
    }
}
