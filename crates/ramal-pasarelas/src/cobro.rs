//! What is asked of a gateway and what it tells, in the words of Ramal. Amounts are integer minor
//! units; no wire format is known here.

use ramal_base::{Instante, Moneda};

use crate::Secreto;

/// A request for money to create at the gateway.
#[derive(Clone, Debug)]
pub struct PedidoCobro {
    /// Our id of the cobro: the gateway repeats it in every payment.
    pub externa: String,
    /// Idempotency key, stored by the caller before the call; any text.
    pub clave: String,
    /// Amount, minor units, above zero.
    pub importe: i64,
    /// Currency.
    pub moneda: Moneda,
    /// What is being paid, as the person reads it: `Factura F-1024`.
    pub concepto: String,
    /// How it will be paid.
    pub medio: MedioRemoto,
    /// Who pays.
    pub pagador: Pagador,
    /// Last moment to pay; `None` takes the gateway's own limit.
    pub vence: Option<Instante>,
    /// Page where the person comes back to.
    pub retorno: String,
    /// Address of ours that receives the notices.
    pub aviso: String,
    /// One-use token that the person's device obtained (card, Yape); only for those two.
    pub token: Option<Secreto>,
}

/// How a request will be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MedioRemoto {
    /// Hosted page of the gateway, with every means it has.
    Enlace,
    /// Transfer to a CLABE of its own (MX).
    Spei,
    /// Cash at a shop (MX).
    Oxxo,
    /// CIP code (PE).
    PagoEfectivo,
    /// Wallet, with the token of its approval code (PE).
    Yape,
    /// Card, with the token made in the person's browser.
    Tarjeta,
}

impl MedioRemoto {
    /// Every means.
    pub const TODOS: [MedioRemoto; 6] = [
        MedioRemoto::Enlace,
        MedioRemoto::Spei,
        MedioRemoto::Oxxo,
        MedioRemoto::PagoEfectivo,
        MedioRemoto::Yape,
        MedioRemoto::Tarjeta,
    ];

    /// Code in the database and on the wire of the emulated gateway.
    pub fn codigo(self) -> &'static str {
        match self {
            MedioRemoto::Enlace => "enlace",
            MedioRemoto::Spei => "spei",
            MedioRemoto::Oxxo => "oxxo",
            MedioRemoto::PagoEfectivo => "pagoefectivo",
            MedioRemoto::Yape => "yape",
            MedioRemoto::Tarjeta => "tarjeta",
        }
    }

    /// Reads a code.
    pub fn parse(codigo: &str) -> Option<MedioRemoto> {
        Self::TODOS.into_iter().find(|m| m.codigo() == codigo)
    }
}

/// Who pays.
#[derive(Clone, PartialEq, Eq)]
pub struct Pagador {
    /// Name as registered.
    pub nombre: String,
    /// E-mail; some means need it.
    pub email: Option<String>,
    /// Identity document; some means need it.
    pub documento: Option<DocumentoPagador>,
}

/// Identity document of who pays.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentoPagador {
    /// `RFC`, `DNI`, `RUC`, as the gateway calls it.
    pub tipo: String,
    /// Number.
    pub numero: String,
}

impl std::fmt::Debug for Pagador {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pagador(***)")
    }
}

impl std::fmt::Debug for DocumentoPagador {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DocumentoPagador(***)")
    }
}

/// What the gateway made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CobroCreado {
    /// Its id, for [`crate::Pasarela::consult`] and [`crate::Pasarela::cancel`].
    pub referencia: String,
    /// Page where the person pays or reads the instructions.
    pub url: Option<String>,
    /// What to do outside a browser.
    pub instruccion: Option<Instruccion>,
    /// Last moment to pay.
    pub vence: Option<Instante>,
}

/// How to pay a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instruccion {
    /// Transfer to an account made for this request.
    Clabe {
        /// 18 digits; [`CobroCreado`] carries it as it came: check it before printing it.
        clabe: String,
        /// Bank that holds it.
        banco: Option<String>,
        /// Name to write as beneficiary.
        beneficiario: Option<String>,
        /// Reference to write in the transfer.
        referencia: Option<String>,
    },
    /// Cash at a shop.
    Referencia {
        /// Digits that the cashier types.
        referencia: String,
        /// Digits of the bar code, if they differ.
        codigo_barras: Option<String>,
        /// Page of the gateway with the slip to print.
        ficha: Option<String>,
    },
    /// CIP code of PagoEfectivo.
    Cip {
        /// The code.
        cip: String,
        /// Page of the gateway with the instructions.
        ficha: Option<String>,
    },
}

/// A payment as the gateway tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EstadoRemoto {
    /// Its id of the payment; of the page that waits for one while there is none.
    pub referencia: String,
    /// Our id of the cobro.
    pub externa: Option<String>,
    /// State.
    pub estado: EstadoCobro,
    /// Amount paid or to be paid, minor units, before refunds.
    pub importe: i64,
    /// Given back so far, minor units.
    pub devuelto: i64,
    /// Currency.
    pub moneda: Moneda,
    /// What the gateway keeps, minor units; `None` while it is not known.
    pub comision: Option<i64>,
    /// What the gateway will pay out, minor units; `None` while it is not known.
    pub neto: Option<i64>,
    /// When the money was credited.
    pub acreditado: Option<Instante>,
    /// Account that collects.
    pub cuenta: Option<String>,
    /// How it was paid, in the gateway's word: `visa`, `clabe`, `oxxo`.
    pub medio: Option<String>,
    /// Why it stands so, in the gateway's word: `cc_rejected_insufficient_amount`.
    pub detalle: Option<String>,
}

/// State of a request for money. Apply it through a monotonic machine: notices come in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EstadoCobro {
    /// Nobody paid yet.
    Pendiente,
    /// Paid, and the gateway is not sure of it yet.
    EnProceso,
    /// The money is ours.
    Acreditado,
    /// That attempt failed.
    Rechazado,
    /// Time to pay is over.
    Vencido,
    /// Closed before payment.
    Cancelado,
    /// Given back whole.
    Devuelto,
    /// Taken back by the bank of who paid.
    Contracargado,
}

impl EstadoCobro {
    /// Every state.
    pub const TODOS: [EstadoCobro; 8] = [
        EstadoCobro::Pendiente,
        EstadoCobro::EnProceso,
        EstadoCobro::Acreditado,
        EstadoCobro::Rechazado,
        EstadoCobro::Vencido,
        EstadoCobro::Cancelado,
        EstadoCobro::Devuelto,
        EstadoCobro::Contracargado,
    ];

    /// Code in the database and on the wire of the emulated gateway.
    pub fn codigo(self) -> &'static str {
        match self {
            EstadoCobro::Pendiente => "pendiente",
            EstadoCobro::EnProceso => "en_proceso",
            EstadoCobro::Acreditado => "acreditado",
            EstadoCobro::Rechazado => "rechazado",
            EstadoCobro::Vencido => "vencido",
            EstadoCobro::Cancelado => "cancelado",
            EstadoCobro::Devuelto => "devuelto",
            EstadoCobro::Contracargado => "contracargado",
        }
    }

    /// Reads a code.
    pub fn parse(codigo: &str) -> Option<EstadoCobro> {
        Self::TODOS.into_iter().find(|e| e.codigo() == codigo)
    }

    /// Whether money was credited at some time.
    pub fn was_acreditado(self) -> bool {
        use EstadoCobro::{Acreditado, Contracargado, Devuelto};
        matches!(self, Acreditado | Devuelto | Contracargado)
    }
}

/// A refund to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PedidoDevolucion {
    /// The payment: [`EstadoRemoto::referencia`].
    pub referencia: String,
    /// Idempotency key, stored by the caller before the call; any text.
    pub clave: String,
    /// Amount, minor units, above zero; never more than what is left of the payment.
    pub importe: i64,
    /// Currency of the payment.
    pub moneda: Moneda,
}

/// A refund as the gateway tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevolucionRemota {
    /// Its id.
    pub id: String,
    /// Payment given back.
    pub referencia: String,
    /// Amount, minor units.
    pub importe: i64,
    /// Currency; `None` where the gateway leaves it to the payment.
    pub moneda: Option<Moneda>,
    /// State.
    pub estado: EstadoDevolucion,
    /// Our key, where the gateway repeats it.
    pub clave: Option<String>,
}

/// State of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EstadoDevolucion {
    /// On its way.
    EnProceso,
    /// Done.
    Hecha,
    /// It failed or was withdrawn: the money is still ours.
    Fallida,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_as_what_they_were() {
        for estado in EstadoCobro::TODOS {
            assert_eq!(EstadoCobro::parse(estado.codigo()), Some(estado));
        }
        for medio in MedioRemoto::TODOS {
            assert_eq!(MedioRemoto::parse(medio.codigo()), Some(medio));
        }
        assert_eq!(EstadoCobro::parse("approved"), None);
    }

    #[test]
    fn who_pays_reaches_no_log() {
        let documento = DocumentoPagador { tipo: "DNI".into(), numero: "44556677".into() };
        let pagador = Pagador {
            nombre: "Rosa Quispe".into(),
            email: Some("rosa@example.com".into()),
            documento: Some(documento),
        };
        let texto = format!("{pagador:?} {:?}", pagador.documento);
        assert!(!texto.contains("Rosa") && !texto.contains("4455"), "{texto}");
    }
}
