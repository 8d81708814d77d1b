//! Amounts of a CFDI: what a line is worth, its taxes, and the sums of the header (specs of Anexo
//! 20). Everything is integer millionths; each rounding is named. It decides no tax rate: the
//! caller says which [`Perfil`] applies.

mod ajuste;
mod linea;
mod paquete;
mod tolerancia;
mod totales;

pub use ajuste::ajustar;
pub use linea::{ImportesLinea, Precio, importes_linea};
pub use paquete::{InternetEnPaquete, internet_en_paquete};
pub use tolerancia::{Limites, limites_importe, limites_impuesto};
pub use totales::{Totales, totales};

use crate::modelo::Factor;
use crate::valor::{Valor, ValorError};

/// Tax rate in millionths: `160_000` is 16 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tasa(pub u32);

impl Tasa {
    /// General IVA.
    pub const IVA_16: Tasa = Tasa(160_000);
    /// Border IVA.
    pub const IVA_8: Tasa = Tasa(80_000);
    /// Zero rate; not the same as exempt.
    pub const CERO: Tasa = Tasa(0);
    /// IEPS on telecommunications.
    pub const IEPS_3: Tasa = Tasa(30_000);
    /// ISR withheld from a RESICO person by a company.
    pub const ISR_RESICO: Tasa = Tasa(12_500);
    /// ISR withheld from professional fees.
    pub const ISR_HONORARIOS: Tasa = Tasa(100_000);
    /// Two thirds of IVA withheld.
    pub const IVA_DOS_TERCIOS: Tasa = Tasa(106_667);

    /// The rate as an attribute writes it: six decimals.
    pub const fn valor(self) -> Valor {
        Valor::micros(self.0 as i64)
    }

    /// `Tasa` factor with this rate.
    pub const fn factor(self) -> Factor {
        Factor::Tasa(self.valor())
    }
}

/// Treatment of IVA in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Iva {
    /// Taxed at a rate, also zero.
    Tasa(Tasa),
    /// Exempt.
    Exento,
    /// Not subject (ObjetoImp 01), carries no tax node at all.
    NoObjeto,
}

/// Taxes that a line carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Perfil {
    /// IVA.
    pub iva: Iva,
    /// IEPS, itemised; it is part of the base of IVA.
    pub ieps: Option<Tasa>,
    /// ISR that the receiver withholds.
    pub isr_retenido: Option<Tasa>,
    /// IVA that the receiver withholds.
    pub iva_retenido: Option<Tasa>,
}

impl Perfil {
    /// IVA 16 %.
    pub const IVA_16: Perfil = Perfil::iva(Iva::Tasa(Tasa::IVA_16));
    /// IVA 8 %, northern or southern border.
    pub const IVA_8: Perfil = Perfil::iva(Iva::Tasa(Tasa::IVA_8));
    /// IVA 0 %.
    pub const IVA_0: Perfil = Perfil::iva(Iva::Tasa(Tasa::CERO));
    /// Exempt of IVA.
    pub const EXENTO: Perfil = Perfil::iva(Iva::Exento);
    /// Not subject to taxes.
    pub const NO_OBJETO: Perfil = Perfil::iva(Iva::NoObjeto);

    /// Only IVA.
    pub const fn iva(iva: Iva) -> Perfil {
        Perfil { iva, ieps: None, isr_retenido: None, iva_retenido: None }
    }

    /// The same profile with IEPS.
    pub const fn con_ieps(self, tasa: Tasa) -> Perfil {
        Perfil { ieps: Some(tasa), ..self }
    }

    /// The same profile with withheld taxes.
    pub const fn con_retenciones(self, isr: Option<Tasa>, iva: Option<Tasa>) -> Perfil {
        Perfil { isr_retenido: isr, iva_retenido: iva, ..self }
    }

    /// Rate of IVA that is charged, zero if none.
    pub const fn tasa_iva(self) -> Tasa {
        match self.iva {
            Iva::Tasa(tasa) => tasa,
            Iva::Exento | Iva::NoObjeto => Tasa::CERO,
        }
    }

    /// True if the line carries any tax node.
    pub fn has_impuestos(self) -> bool {
        self.iva != Iva::NoObjeto
            || self.ieps.is_some()
            || self.isr_retenido.is_some()
            || self.iva_retenido.is_some()
    }
}

/// Why amounts cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImporteError {
    /// A price, a discount or a quantity below zero.
    #[error("precios, descuentos y cantidades no pueden ser negativos")]
    Negativo,
    /// The quantity is zero.
    #[error("la cantidad debe ser mayor que cero")]
    CantidadCero,
    /// The discount exceeds the line.
    #[error("el descuento es mayor que el importe de la línea")]
    DescuentoExcesivo,
    /// Beyond the range of amounts.
    #[error("el importe es demasiado grande")]
    Desborde,
    /// A document needs at least one line, a payment at least one invoice.
    #[error("hace falta al menos una línea")]
    SinLineas,
    /// A payment greater than the balance of the invoice, or of nothing.
    #[error("el pago debe ser mayor que cero y no pasar del saldo de la factura")]
    PagoExcesivo,
}

impl From<ValorError> for ImporteError {
    fn from(_: ValorError) -> Self {
        ImporteError::Desborde
    }
}
