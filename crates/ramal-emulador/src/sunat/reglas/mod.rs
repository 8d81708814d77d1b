//! Rules of a factura, boleta or note recomputed from its XML. It deliberately asks the registry
//! nothing.
//!
//! Source: SUNAT's validation workbook of 27 November 2024.

mod cabecera;
mod lineas;
mod notas;
mod pago;
mod totales;

use ramal_base::Fecha;
use ramal_xml::NodeRef;
use rust_decimal::Decimal;

use super::fallo::Fallo;
use super::sobre::Nombre;
use crate::decimales;
use crate::xml::text_at;

pub use notas::{Afectado, Referencia, check_affected, reference};

/// What the rules say of a document that is not refused.
#[derive(Default)]
pub struct Observaciones(pub Vec<String>);

impl Observaciones {
    fn add(&mut self, ok: bool, codigo: &str, texto: &str) {
        if !ok {
            self.0.push(format!("{codigo} - {texto}"));
        }
    }
}

/// First broken rule, or the observations. `hoy` is the day of reception in Lima.
pub fn check(root: NodeRef<'_>, nombre: &Nombre, hoy: Fecha) -> Result<Observaciones, Fallo> {
    let mut notas = Observaciones::default();
    cabecera::check(root, nombre, hoy)?;
    cabecera::check_parties(root, nombre, &mut notas)?;
    if nombre.tipo == "07" || nombre.tipo == "08" {
        notas::check(root, nombre, &mut notas)?;
    }
    let lineas = lineas::check(root, &nombre.tipo)?;
    totales::check(root, &lineas)?;
    pago::check(root, &nombre.tipo, &mut notas)?;
    Ok(notas)
}

/// Amount of one unit of tolerance that SUNAT applies to every sum.
fn unit() -> Decimal {
    Decimal::ONE
}

/// Decimal at `path`; `None` if absent or not a number.
fn decimal_at(node: NodeRef<'_>, path: &[&str]) -> Option<Decimal> {
    decimales::parse_signed(&text_at(node, path), 10)
}

/// Decimal at `path`, zero if absent.
fn amount_at(node: NodeRef<'_>, path: &[&str]) -> Decimal {
    decimal_at(node, path).unwrap_or(Decimal::ZERO)
}

/// What the registry keeps of a document, for the notes that will come.
#[derive(Clone, Debug, Default)]
pub struct Resumen {
    /// Issue date, `YYYY-MM-DD`.
    pub fecha: String,
    /// Currency.
    pub moneda: String,
    /// Payable amount.
    pub total: Decimal,
    /// Whether it is on credit.
    pub credito: bool,
}

/// Reads what the registry keeps.
pub fn summary(root: NodeRef<'_>) -> Resumen {
    let totales = root.child("LegalMonetaryTotal").or_else(|| root.child("RequestedMonetaryTotal"));
    Resumen {
        fecha: text_at(root, &["IssueDate"]),
        moneda: text_at(root, &["DocumentCurrencyCode"]),
        total: totales.map_or(Decimal::ZERO, |t| amount_at(t, &["PayableAmount"])),
        credito: pago::is_credito(root),
    }
}

/// IGV rate of the issue date: 18 % in the whole range that can be sent.
fn rate() -> Decimal {
    Decimal::new(18, 2)
}
