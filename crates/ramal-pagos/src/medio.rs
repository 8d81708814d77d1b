//! How money comes in: the means, its code in c_FormaPago, and through which door it entered. It
//! moves nothing.

use ramal_cuenta::Cuenta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Codes of c_FormaPago with which a payment may be told. Source: SAT, catalogue of CFDI 4.0; `99`
/// names none.
pub const FORMAS: [&str; 21] = [
    "01", "02", "03", "04", "05", "06", "08", "12", "13", "14", "15", "17", "23", "24", "25", "26",
    "27", "28", "29", "30", "31",
];

/// Means with which a cliente pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Medio {
    /// Notes and coins.
    Efectivo,
    /// Bank transfer.
    Transferencia,
    /// Transfer through SPEI (MX).
    Spei,
    /// Cash paid into the bank's counter.
    Deposito,
    /// Credit card.
    Tarjeta,
    /// Debit card.
    TarjetaDebito,
    /// Cheque.
    Cheque,
    /// Voucher paid at OXXO (MX).
    Oxxo,
    /// Yape (PE).
    Yape,
    /// Plin (PE).
    Plin,
    /// CIP code of PagoEfectivo (PE).
    PagoEfectivo,
    /// Electronic purse.
    Monedero,
    /// Anything else.
    Otro,
}

impl Medio {
    /// All of them, in the order in which a form offers them.
    pub const TODOS: [Medio; 13] = [
        Medio::Efectivo,
        Medio::Transferencia,
        Medio::Spei,
        Medio::Deposito,
        Medio::Tarjeta,
        Medio::TarjetaDebito,
        Medio::Cheque,
        Medio::Oxxo,
        Medio::Yape,
        Medio::Plin,
        Medio::PagoEfectivo,
        Medio::Monedero,
        Medio::Otro,
    ];

    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            Medio::Efectivo => "efectivo",
            Medio::Transferencia => "transferencia",
            Medio::Spei => "spei",
            Medio::Deposito => "deposito",
            Medio::Tarjeta => "tarjeta",
            Medio::TarjetaDebito => "tarjeta_debito",
            Medio::Cheque => "cheque",
            Medio::Oxxo => "oxxo",
            Medio::Yape => "yape",
            Medio::Plin => "plin",
            Medio::PagoEfectivo => "pago_efectivo",
            Medio::Monedero => "monedero",
            Medio::Otro => "otro",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<Medio> {
        Medio::TODOS.into_iter().find(|m| m.as_str() == texto)
    }

    /// Code of c_FormaPago that says it. Source: SAT, catalogue of CFDI 4.0.
    ///
    /// What reaches the company as notes on a counter (OXXO, a deposit, PagoEfectivo) is cash.
    pub fn forma_pago(self) -> &'static str {
        match self {
            Medio::Efectivo | Medio::Deposito | Medio::Oxxo | Medio::PagoEfectivo => "01",
            Medio::Cheque => "02",
            Medio::Transferencia | Medio::Spei | Medio::Yape | Medio::Plin => "03",
            Medio::Tarjeta => "04",
            Medio::Monedero => "05",
            Medio::TarjetaDebito => "28",
            Medio::Otro => "99",
        }
    }

    /// Means that a code of c_FormaPago names.
    pub fn of_forma_pago(codigo: &str) -> Medio {
        match codigo {
            "01" => Medio::Efectivo,
            "02" => Medio::Cheque,
            "03" => Medio::Transferencia,
            "04" | "29" => Medio::Tarjeta,
            "28" => Medio::TarjetaDebito,
            "05" | "06" => Medio::Monedero,
            _ => Medio::Otro,
        }
    }

    /// Whether somebody must have it in a drawer.
    pub fn is_efectivo(self) -> bool {
        self == Medio::Efectivo
    }
}

/// Door through which a payment entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrigenPago {
    /// Written by a person or by a program with a key.
    Manual,
    /// Taken at a cash desk.
    Caja,
    /// Told by a gateway.
    Pasarela,
    /// Found in a bank statement.
    Conciliacion,
    /// Shown by the cliente and accepted by a person.
    Comprobante,
}

impl OrigenPago {
    /// All of them.
    pub const TODOS: [OrigenPago; 5] = [
        OrigenPago::Manual,
        OrigenPago::Caja,
        OrigenPago::Pasarela,
        OrigenPago::Conciliacion,
        OrigenPago::Comprobante,
    ];

    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            OrigenPago::Manual => "manual",
            OrigenPago::Caja => "caja",
            OrigenPago::Pasarela => "pasarela",
            OrigenPago::Conciliacion => "conciliacion",
            OrigenPago::Comprobante => "comprobante",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<OrigenPago> {
        OrigenPago::TODOS.into_iter().find(|o| o.as_str() == texto)
    }
}

/// Account of the ledger where the money lies.
pub(crate) fn contrapartida(medio: Medio, origen: OrigenPago) -> Cuenta {
    match (origen, medio) {
        (OrigenPago::Pasarela, _) => Cuenta::Pasarela,
        (_, Medio::Efectivo) => Cuenta::Caja,
        _ => Cuenta::Banco,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_means_survives_its_text_and_has_a_code_of_two_digits() {
        for medio in Medio::TODOS {
            assert_eq!(Medio::parse(medio.as_str()), Some(medio));
            assert_eq!(serde_json::to_value(medio).unwrap(), medio.as_str());
            let codigo = medio.forma_pago();
            assert!(codigo.len() == 2 && codigo.bytes().all(|b| b.is_ascii_digit()));
        }
        for origen in OrigenPago::TODOS {
            assert_eq!(OrigenPago::parse(origen.as_str()), Some(origen));
        }
    }

    #[test]
    fn money_of_a_gateway_is_not_yet_in_the_bank() {
        let donde = contrapartida(Medio::Oxxo, OrigenPago::Pasarela);
        assert!(matches!(donde, Cuenta::Pasarela));
        assert!(matches!(contrapartida(Medio::Efectivo, OrigenPago::Caja), Cuenta::Caja));
        assert!(matches!(contrapartida(Medio::Yape, OrigenPago::Caja), Cuenta::Banco));
    }
}
