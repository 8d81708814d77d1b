//! Ways in which a sale cannot become a document. It names no SUNAT answer: those live in
//! `errores`.

use ramal_base::dinero::DineroError;

/// Why the figures of a document could not be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportesError {
    /// Quantity zero or negative, or more than ten decimals.
    #[error("la cantidad debe ser mayor que cero y tener hasta diez decimales")]
    Cantidad,
    /// Price negative, or a paid line that ends with base zero (3105).
    #[error(
        "la línea cobrada necesita un importe mayor que cero; si es gratis, emítala como gratuita"
    )]
    SinBase,
    /// Discount negative, or on a free line.
    #[error("el descuento debe ser positivo y va solo en líneas que se cobran")]
    Descuento,
    /// Two currencies in one document.
    #[error("todas las líneas deben estar en la moneda del comprobante")]
    Moneda,
    /// Two IGV rates in one document (3462).
    #[error("todas las líneas gravadas deben llevar una sola tasa de IGV")]
    Tasas,
    /// No IGV rate is known for the issue date.
    #[error("no hay tasa de IGV vigente en la fecha de emisión")]
    SinTasa,
    /// Accumulated cents drift more than 0.90 from base × rate (3291).
    #[error("son demasiadas líneas para un solo comprobante: divídalo en dos")]
    Desvio,
    /// No line.
    #[error("el comprobante necesita al menos una línea")]
    SinLineas,
    /// The sum of advances or discounts exceeds what they lower.
    #[error("los anticipos o descuentos superan el importe del comprobante")]
    Excede,
    /// An amount does not fit.
    #[error("el importe es demasiado grande")]
    Desborde,
}

impl From<DineroError> for ImportesError {
    fn from(error: DineroError) -> Self {
        match error {
            DineroError::MonedasDistintas(..) | DineroError::MonedaDesconocida => {
                ImportesError::Moneda
            }
            DineroError::Formato | DineroError::Desborde => ImportesError::Desborde,
        }
    }
}
