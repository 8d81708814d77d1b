//! Local validator of §19: over the document as it will be sent, with its own arithmetic, in
//! SUNAT's codes. It corrects nothing; a document with findings is not signed nor sent.

mod cabecera;
mod cliente;
mod lineas;
mod lotes;
mod notas;
mod pago;
mod sumas;

use ramal_base::Fecha;
use rust_decimal::Decimal;
use serde::Serialize;

pub(crate) use crate::lectura::cifras::{numero, por, suma};
use crate::lectura::{LecturaError, Vista, leer};

/// A rule that the document breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hallazgo {
    /// SUNAT's code, four characters; `RUC` for our own rule of check digits.
    pub codigo: String,
    /// Where: `cbc:ID`, `línea 3, IGV`…
    pub campo: String,
    /// What is wrong and how to get out, in Spanish.
    pub motivo: String,
}

/// How close the sums must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rigor {
    /// Ours: sums exact to the cent; the IGV within 0.006 per line and 0.90.
    #[default]
    Propio,
    /// SUNAT's: one unit of currency per check.
    Sunat,
}

/// What is known of the document that a note touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EstadoAfectado {
    /// Not registered.
    Desconocido,
    /// Accepted.
    Aceptado,
    /// Rejected.
    Rechazado,
    /// Voided.
    DeBaja,
}

/// Ledger row of the document that a note touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registro {
    /// State at SUNAT.
    pub estado: EstadoAfectado,
    /// Issue day.
    pub fecha: Fecha,
    /// ISO currency.
    pub moneda: String,
    /// Total.
    pub total: Decimal,
    /// Whether it was sold on credit.
    pub a_credito: bool,
}

/// What the validator knows beyond the document. The default checks only the document.
#[derive(Clone, Copy, Debug, Default)]
pub struct Contexto<'a> {
    /// Today in Lima, for terms (2329, 2108, 1079, 2236).
    pub hoy: Option<Fecha>,
    /// Base name of the file (1003, 1034–1036, 2220).
    pub nombre: Option<&'a str>,
    /// Ledger row of the affected document (2119–2121, 2885, 3209, 3286, 3260, 3320).
    pub afectado: Option<&'a Registro>,
    /// How close the sums must be.
    pub rigor: Rigor,
}

/// Findings of a file. Errors: it is not a readable document of SUNAT.
pub fn validar_xml(bytes: &[u8], contexto: &Contexto<'_>) -> Result<Vec<Hallazgo>, LecturaError> {
    Ok(validar(&leer(bytes)?, contexto))
}

/// Findings of a document already read; empty: it may be signed and sent. Source: §19.
pub fn validar(vista: &Vista, contexto: &Contexto<'_>) -> Vec<Hallazgo> {
    let mut h = Hallazgos::default();
    match vista.tipo.as_str() {
        "RC" => lotes::resumen(&mut h, vista, contexto),
        "RA" => lotes::baja(&mut h, vista, contexto),
        _ => {
            cabecera::revisar(&mut h, vista, contexto);
            cliente::revisar(&mut h, vista);
            lineas::revisar(&mut h, vista, contexto.rigor);
            sumas::revisar(&mut h, vista, contexto.rigor);
            pago::revisar(&mut h, vista);
            if matches!(vista.tipo.as_str(), "07" | "08") {
                notas::revisar(&mut h, vista, contexto);
            }
        }
    }
    h.0
}

/// Findings while they are gathered.
#[derive(Default)]
pub(crate) struct Hallazgos(Vec<Hallazgo>);

impl Hallazgos {
    /// Adds a finding if the document breaks the rule.
    fn si(&mut self, rompe: bool, codigo: &str, campo: &str, motivo: &str) {
        if rompe {
            self.0.push(Hallazgo {
                codigo: codigo.to_owned(),
                campo: campo.to_owned(),
                motivo: motivo.to_owned(),
            });
        }
    }

    /// Adds a finding if two amounts differ by more than `tolerancia`.
    fn cuadre(
        &mut self,
        codigo: &str,
        campo: &str,
        (dice, resulta): (Decimal, Decimal),
        tolerancia: Decimal,
    ) {
        if (dice - resulta).abs() > tolerancia {
            let resulta = resulta.normalize();
            self.si(true, codigo, campo, &format!("dice {dice} y resulta {resulta}; recalcule"));
        }
    }
}

impl Rigor {
    /// Tolerance of a sum of amounts.
    fn suma(self) -> Decimal {
        match self {
            Rigor::Propio => Decimal::ZERO,
            Rigor::Sunat => Decimal::ONE,
        }
    }

    /// Tolerance of a product that is rounded once or twice.
    fn producto(self) -> Decimal {
        match self {
            Rigor::Propio => Decimal::new(1, 2),
            Rigor::Sunat => Decimal::ONE,
        }
    }
}

/// Text of `min` to `max` characters whose only white space is the space.
pub(crate) fn is_texto(texto: &str, min: usize, max: usize) -> bool {
    let largo = texto.chars().count();
    let raro = |c: char| c != ' ' && (c.is_whitespace() || c.is_control());
    (min..=max).contains(&largo) && !texto.chars().any(raro)
}

/// `n(12,2)`: up to twelve digits and exactly or at most two decimals, no sign.
pub(crate) fn is_importe(texto: &str) -> bool {
    is_numero(texto, 12, 2)
}

/// `n(enteros,decimales)` without sign.
pub(crate) fn is_numero(texto: &str, enteros: usize, decimales: usize) -> bool {
    let (a, b) = texto.split_once('.').unwrap_or((texto, "0"));
    let digitos = |t: &str| !t.is_empty() && t.bytes().all(|c| c.is_ascii_digit());
    digitos(a) && digitos(b) && a.len() <= enteros && b.len() <= decimales
}

/// RUC of eleven digits with its prefix and check digit.
pub(crate) fn is_ruc(ruc: &str) -> bool {
    let d: Vec<u32> = ruc.chars().filter_map(|c| c.to_digit(10)).collect();
    let prefijo = ["10", "15", "16", "17", "20"].iter().any(|p| ruc.starts_with(p));
    if d.len() != 11 || ruc.len() != 11 || !prefijo {
        return false;
    }
    let pesos = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    let s: u32 = pesos.iter().zip(&d).map(|(p, x)| p * x).sum();
    (11 - s % 11) % 10 == d[10]
}
