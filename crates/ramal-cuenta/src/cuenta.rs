//! The accounts between which money moves, and the kinds of movement. Holds no amounts.

use serde::{Deserialize, Serialize};

/// Account of the chart, one side of a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cuenta {
    /// What the customer owes.
    PorCobrar,
    /// Money of the customer that settles nothing yet.
    AFavor,
    /// What was sold, taxes included.
    Ventas,
    /// Cash.
    Caja,
    /// Bank.
    Banco,
    /// Money that a gateway holds for us.
    Pasarela,
    /// What gateways and banks keep.
    Comisiones,
    /// What nobody will pay.
    Incobrables,
    /// Corrections and roundings.
    Ajustes,
}

impl Cuenta {
    const TODAS: [Cuenta; 9] = [
        Cuenta::PorCobrar,
        Cuenta::AFavor,
        Cuenta::Ventas,
        Cuenta::Caja,
        Cuenta::Banco,
        Cuenta::Pasarela,
        Cuenta::Comisiones,
        Cuenta::Incobrables,
        Cuenta::Ajustes,
    ];

    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            Cuenta::PorCobrar => "por_cobrar",
            Cuenta::AFavor => "a_favor",
            Cuenta::Ventas => "ventas",
            Cuenta::Caja => "caja",
            Cuenta::Banco => "banco",
            Cuenta::Pasarela => "pasarela",
            Cuenta::Comisiones => "comisiones",
            Cuenta::Incobrables => "incobrables",
            Cuenta::Ajustes => "ajustes",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<Cuenta> {
        Cuenta::TODAS.into_iter().find(|c| c.as_str() == texto)
    }
}

/// Kind of movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaseMovimiento {
    /// An invoice or receipt was issued.
    Factura,
    /// A debit note was issued.
    NotaDebito,
    /// A credit note was issued.
    NotaCredito,
    /// An invoice was voided.
    Anulacion,
    /// Money came in.
    Abono,
    /// Money settled an invoice.
    Imputacion,
    /// Money no longer settles an invoice.
    Desimputacion,
    /// Money that came in was taken back: bounced, charged back, a mistake.
    Reverso,
    /// Money was given back.
    Devolucion,
    /// Cents between a credit and the line that it closes.
    Redondeo,
    /// A correction.
    Ajuste,
}

impl ClaseMovimiento {
    const TODAS: [ClaseMovimiento; 11] = [
        ClaseMovimiento::Factura,
        ClaseMovimiento::NotaDebito,
        ClaseMovimiento::NotaCredito,
        ClaseMovimiento::Anulacion,
        ClaseMovimiento::Abono,
        ClaseMovimiento::Imputacion,
        ClaseMovimiento::Desimputacion,
        ClaseMovimiento::Reverso,
        ClaseMovimiento::Devolucion,
        ClaseMovimiento::Redondeo,
        ClaseMovimiento::Ajuste,
    ];

    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaseMovimiento::Factura => "factura",
            ClaseMovimiento::NotaDebito => "nota_debito",
            ClaseMovimiento::NotaCredito => "nota_credito",
            ClaseMovimiento::Anulacion => "anulacion",
            ClaseMovimiento::Abono => "abono",
            ClaseMovimiento::Imputacion => "imputacion",
            ClaseMovimiento::Desimputacion => "desimputacion",
            ClaseMovimiento::Reverso => "reverso",
            ClaseMovimiento::Devolucion => "devolucion",
            ClaseMovimiento::Redondeo => "redondeo",
            ClaseMovimiento::Ajuste => "ajuste",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<ClaseMovimiento> {
        ClaseMovimiento::TODAS.into_iter().find(|c| c.as_str() == texto)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stored_text_is_read_back() {
        assert!(Cuenta::TODAS.into_iter().all(|c| Cuenta::parse(c.as_str()) == Some(c)));
        let clases = ClaseMovimiento::TODAS;
        assert!(clases.into_iter().all(|c| ClaseMovimiento::parse(c.as_str()) == Some(c)));
    }
}
