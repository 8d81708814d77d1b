//! Payment terms, detracción, retención, anticipos and the global discount (§11), as written. The
//! amounts come from `importes`; this file computes none.

use ramal_base::{Dinero, Fecha};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How a factura is paid (§11.1). Boletas carry none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FormaPago {
    /// Cash, also prepaid plans.
    Contado,
    /// On credit: net pending and its plan.
    Credito {
        /// What the customer still owes to the issuer: total − detracción − retención.
        pendiente: Dinero,
        /// 1 to 999 instalments, each due strictly after the issue date; they add up to
        /// `pendiente`.
        cuotas: Vec<Cuota>,
    },
}

/// One instalment of a credit factura.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cuota {
    /// Amount, greater than zero.
    pub monto: Dinero,
    /// Due day.
    pub vence: Fecha,
}

/// Detracción (SPOT) of a factura with operation 1001 (§11.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detraccion {
    /// Catalogue 54, three digits.
    pub codigo: String,
    /// Percent: 12 means 12 %.
    pub tasa: Decimal,
    /// Deposit, always in PEN.
    pub monto: Dinero,
    /// Account of the issuer at Banco de la Nación.
    pub cuenta: String,
    /// Catalogue 59; 001 is a deposit.
    pub medio: String,
}

/// Retención del IGV that the customer applies (§11.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retencion {
    /// Factor: 0.03 means 3 %.
    pub factor: Decimal,
    /// Base, at most the total.
    pub base: Dinero,
    /// Base × factor.
    pub monto: Dinero,
}

/// Global discount that lowers the taxable base (code 02). Ramal does not issue it; the writer
/// knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescuentoGlobal {
    /// Factor: 0.05 means 5 %.
    pub factor: Decimal,
    /// Discounted net amount.
    pub monto: Dinero,
    /// Net base to which the factor applies.
    pub base: Dinero,
}

/// Which base an anticipo lowers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TributoAnticipo {
    /// Code 04.
    Gravado,
    /// Code 05.
    Exonerado,
    /// Code 06.
    Inafecto,
}

impl TributoAnticipo {
    /// Code of catalogue 53.
    pub fn codigo(self) -> &'static str {
        match self {
            TributoAnticipo::Gravado => "04",
            TributoAnticipo::Exonerado => "05",
            TributoAnticipo::Inafecto => "06",
        }
    }
}

/// Advance that this document regularises (§11.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anticipo {
    /// Number of the document of the advance: `F001-1`.
    pub documento: String,
    /// Catalogue 12: 02 factura, 03 boleta.
    pub tipo_documento: String,
    /// RUC that issued it.
    pub ruc: String,
    /// Base that it lowers.
    pub tributo: TributoAnticipo,
    /// Amount without IGV.
    pub neto: Dinero,
    /// Amount with IGV.
    pub bruto: Dinero,
}
