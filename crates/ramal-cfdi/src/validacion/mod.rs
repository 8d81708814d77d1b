//! What can be checked of a document before it is sent, with the codes of the SAT and a way out in
//! Spanish. It does not know the SAT's lists of taxpayers nor the large catalogues: those faults
//! only the PAC can find.

mod cabecera;
mod conceptos;
mod impuestos;
mod pagos;
mod partes;

use crate::modelo::{Comprobante, Tipo};

/// A fault that the PAC would reject.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Hallazgo {
    /// Code of the SAT matrix, e.g. `CFDI40105` or `CRP20217`.
    pub codigo: &'static str,
    /// Path of the field, e.g. `Conceptos[0].Importe`.
    pub campo: String,
    /// What is wrong and what to do.
    pub motivo: String,
}

/// Faults found so far.
#[derive(Default)]
struct Informe(Vec<Hallazgo>);

impl Informe {
    fn add(&mut self, codigo: &'static str, campo: impl Into<String>, motivo: impl Into<String>) {
        self.0.push(Hallazgo { codigo, campo: campo.into(), motivo: motivo.into() });
    }

    /// Adds the fault unless the rule is kept.
    fn exigir(&mut self, cumple: bool, codigo: &'static str, campo: &str, motivo: &str) {
        if !cumple {
            self.add(codigo, campo, motivo);
        }
    }
}

/// All faults of a document, in the order of its parts; empty if it can be sealed.
///
/// Source: matrix of validations of CFDI 4.0 and Pagos 2.0 as reproduced in the specification.
pub fn validar(comprobante: &Comprobante) -> Vec<Hallazgo> {
    let mut informe = Informe::default();
    cabecera::validar(&mut informe, comprobante);
    partes::validar(&mut informe, comprobante);
    conceptos::validar(&mut informe, comprobante);
    impuestos::validar(&mut informe, comprobante);
    if comprobante.tipo == Tipo::Pago || comprobante.pagos.is_some() {
        pagos::validar(&mut informe, comprobante);
    }
    informe.0
}

/// True if the text has from 1 to `maximo` characters and no `|`, as the XSD wants every free text.
fn is_texto(texto: &str, maximo: usize) -> bool {
    (1..=maximo).contains(&texto.chars().count()) && !texto.contains('|')
}

fn is_digitos(texto: &str, largo: usize) -> bool {
    texto.len() == largo && texto.bytes().all(|b| b.is_ascii_digit())
}
