//! Shapes of Stripe's API and what they mean here. It calls nobody.

use ramal_base::{Instante, Moneda};
use serde::Deserialize;

use crate::cobro::{
    CobroCreado, DevolucionRemota, EstadoCobro, EstadoDevolucion, EstadoRemoto, Instruccion,
};

/// Code of an attempt whose slip or CLABE was not paid in time.
const INTENTO_VENCIDO: &str = "payment_intent_payment_attempt_expired";

/// An id, or the whole object when it was asked to be expanded.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Expandible<T> {
    #[expect(dead_code, reason = "only its shape is looked at")]
    Id(String),
    Entero(Box<T>),
}

impl<T> Expandible<T> {
    fn entero(&self) -> Option<&T> {
        match self {
            Expandible::Id(_) => None,
            Expandible::Entero(objeto) => Some(objeto),
        }
    }
}

/// A list of the API.
#[derive(Deserialize)]
pub(crate) struct Lista<T> {
    pub(crate) data: Vec<T>,
    #[serde(default)]
    pub(crate) has_more: bool,
    #[serde(default)]
    pub(crate) next_page: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Metadatos {
    externa: Option<String>,
    clave: Option<String>,
}

/// A PaymentIntent, with `latest_charge.balance_transaction` expanded.
#[derive(Deserialize)]
pub(crate) struct Intencion {
    pub(crate) id: String,
    amount: i64,
    #[serde(default)]
    amount_received: i64,
    currency: String,
    status: String,
    #[serde(default)]
    metadata: Metadatos,
    #[serde(default)]
    cancellation_reason: Option<String>,
    #[serde(default)]
    last_payment_error: Option<ErrorStripe>,
    #[serde(default)]
    next_action: Option<Accion>,
    #[serde(default)]
    latest_charge: Option<Expandible<Cargo>>,
    #[serde(default)]
    on_behalf_of: Option<String>,
}

/// A charge.
#[derive(Deserialize)]
pub(crate) struct Cargo {
    #[serde(default)]
    amount_refunded: i64,
    #[serde(default)]
    refunded: bool,
    #[serde(default)]
    disputed: bool,
    created: i64,
    #[serde(default)]
    balance_transaction: Option<Expandible<Asiento>>,
    #[serde(default)]
    payment_method_details: Option<Metodo>,
    #[serde(default)]
    pub(crate) payment_intent: Option<String>,
}

/// A balance transaction.
#[derive(Deserialize)]
struct Asiento {
    fee: i64,
    net: i64,
    currency: String,
    created: i64,
}

#[derive(Deserialize)]
struct Metodo {
    #[serde(rename = "type")]
    tipo: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorStripe {
    #[serde(rename = "type")]
    pub(crate) tipo: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) decline_code: Option<String>,
    pub(crate) message: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct RespuestaError {
    pub(crate) error: ErrorStripe,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Accion {
    oxxo_display_details: Option<Oxxo>,
    display_bank_transfer_instructions: Option<Transferencia>,
}

#[derive(Deserialize)]
struct Oxxo {
    number: String,
    #[serde(default)]
    expires_after: Option<i64>,
    #[serde(default)]
    hosted_voucher_url: Option<String>,
}

#[derive(Deserialize)]
struct Transferencia {
    #[serde(default)]
    financial_addresses: Vec<Domicilio>,
    #[serde(default)]
    hosted_instructions_url: Option<String>,
    #[serde(default)]
    reference: Option<String>,
}

#[derive(Deserialize)]
struct Domicilio {
    #[serde(default)]
    spei: Option<Spei>,
}

#[derive(Deserialize)]
struct Spei {
    clabe: String,
    #[serde(default)]
    bank_name: Option<String>,
    #[serde(default)]
    account_holder_name: Option<String>,
}

impl Intencion {
    pub(crate) fn externa(&self) -> Option<&str> {
        self.metadata.externa.as_deref()
    }

    /// Whether a dispute must be asked about.
    pub(crate) fn is_disputada(&self) -> bool {
        self.cargo().is_some_and(|c| c.disputed)
    }

    fn cargo(&self) -> Option<&Cargo> {
        self.latest_charge.as_ref()?.entero()
    }

    /// `disputa`: that of its charge, if it has one. `None` if the currency is not one of ours.
    pub(crate) fn estado(&self, cuenta: &str, disputa: Option<&Disputa>) -> Option<EstadoRemoto> {
        let moneda = moneda(&self.currency)?;
        let pagada = self.status == "succeeded";
        let cargo = self.cargo().filter(|_| pagada);
        let asiento = cargo.and_then(|c| c.balance_transaction.as_ref()?.entero());
        // Fees are told in the currency of the pay-outs: another one is not comparable.
        let propio = asiento.filter(|a| a.currency == self.currency);
        let falla = self.last_payment_error.as_ref();
        Some(EstadoRemoto {
            referencia: self.id.clone(),
            externa: self.metadata.externa.clone(),
            estado: self.situacion(disputa),
            importe: if pagada { self.amount_received } else { self.amount },
            devuelto: cargo.map_or(0, |c| c.amount_refunded),
            moneda,
            comision: propio.map(|a| a.fee),
            neto: propio.map(|a| a.net),
            acreditado: cargo.map(|c| instante(asiento.map_or(c.created, |a| a.created))),
            cuenta: Some(self.on_behalf_of.clone().unwrap_or_else(|| cuenta.to_owned())),
            medio: cargo.and_then(|c| c.payment_method_details.as_ref()).map(|m| m.tipo.clone()),
            detalle: falla.and_then(|f| f.decline_code.clone().or_else(|| f.code.clone())),
        })
    }

    fn situacion(&self, disputa: Option<&Disputa>) -> EstadoCobro {
        match self.status.as_str() {
            "succeeded" if disputa.is_some_and(Disputa::is_dinero_retirado) => {
                EstadoCobro::Contracargado
            }
            "succeeded" if self.cargo().is_some_and(|c| c.refunded) => EstadoCobro::Devuelto,
            "succeeded" => EstadoCobro::Acreditado,
            "requires_payment_method" => match &self.last_payment_error {
                None => EstadoCobro::Pendiente,
                Some(e) if e.code.as_deref() == Some(INTENTO_VENCIDO) => EstadoCobro::Vencido,
                Some(_) => EstadoCobro::Rechazado,
            },
            "requires_confirmation" | "requires_action" => EstadoCobro::Pendiente,
            "canceled" if self.cancellation_reason.as_deref() == Some("automatic") => {
                EstadoCobro::Vencido
            }
            "canceled" => EstadoCobro::Cancelado,
            // `processing`, `requires_capture` and whatever comes later.
            _ => EstadoCobro::EnProceso,
        }
    }

    pub(crate) fn creado(self) -> CobroCreado {
        let accion = self.next_action.unwrap_or_default();
        if let Some(oxxo) = accion.oxxo_display_details {
            return CobroCreado {
                referencia: self.id,
                url: oxxo.hosted_voucher_url.clone(),
                vence: oxxo.expires_after.map(instante),
                instruccion: Some(Instruccion::Referencia {
                    referencia: oxxo.number,
                    codigo_barras: None,
                    ficha: oxxo.hosted_voucher_url,
                }),
            };
        }
        let (url, instruccion) = match accion.display_bank_transfer_instructions {
            None => (None, None),
            Some(t) => (t.hosted_instructions_url.clone(), t.instruccion()),
        };
        CobroCreado { referencia: self.id, url, instruccion, vence: None }
    }
}

impl Transferencia {
    fn instruccion(self) -> Option<Instruccion> {
        let spei = self.financial_addresses.into_iter().find_map(|d| d.spei)?;
        Some(Instruccion::Clabe {
            clabe: spei.clabe,
            banco: spei.bank_name,
            beneficiario: spei.account_holder_name,
            referencia: self.reference,
        })
    }
}

/// A Checkout session.
#[derive(Deserialize)]
pub(crate) struct Sesion {
    pub(crate) id: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    amount_total: Option<i64>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    pub(crate) client_reference_id: Option<String>,
    #[serde(default)]
    pub(crate) payment_intent: Option<String>,
    #[serde(default)]
    expires_at: Option<i64>,
}

impl Sesion {
    pub(crate) fn creado(self) -> CobroCreado {
        CobroCreado {
            referencia: self.id,
            url: self.url,
            instruccion: None,
            vence: self.expires_at.map(instante),
        }
    }

    /// State of a page that nobody paid; `None` if it tells no amount of ours.
    pub(crate) fn sin_pago(self, cuenta: &str) -> Option<EstadoRemoto> {
        let estado = match self.status.as_deref() {
            Some("open") => EstadoCobro::Pendiente,
            Some("expired") => EstadoCobro::Vencido,
            // `complete` without a payment yet: an asynchronous means.
            _ => EstadoCobro::EnProceso,
        };
        Some(EstadoRemoto {
            referencia: self.id,
            externa: self.client_reference_id,
            estado,
            importe: self.amount_total?,
            devuelto: 0,
            moneda: moneda(self.currency.as_deref()?)?,
            comision: None,
            neto: None,
            acreditado: None,
            cuenta: Some(cuenta.to_owned()),
            medio: None,
            detalle: None,
        })
    }
}

/// A dispute.
#[derive(Deserialize)]
pub(crate) struct Disputa {
    status: String,
    #[serde(default)]
    pub(crate) payment_intent: Option<String>,
}

impl Disputa {
    /// The money leaves when the dispute opens and comes back only if it is won; a `warning_…` is
    /// an inquiry that moves nothing.
    pub(crate) fn is_dinero_retirado(&self) -> bool {
        matches!(self.status.as_str(), "needs_response" | "under_review" | "lost")
    }
}

/// A refund.
#[derive(Deserialize)]
pub(crate) struct Devolucion {
    id: String,
    amount: i64,
    currency: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    metadata: Metadatos,
    #[serde(default)]
    pub(crate) payment_intent: Option<String>,
}

impl Devolucion {
    pub(crate) fn remota(self, pago: &str) -> DevolucionRemota {
        let estado = match self.status.as_deref() {
            Some("succeeded") => EstadoDevolucion::Hecha,
            Some("failed" | "canceled") => EstadoDevolucion::Fallida,
            _ => EstadoDevolucion::EnProceso,
        };
        DevolucionRemota {
            id: self.id,
            referencia: self.payment_intent.unwrap_or_else(|| pago.to_owned()),
            importe: self.amount,
            moneda: moneda(&self.currency),
            estado,
            clave: self.metadata.clave,
        }
    }
}

/// Anything with an id.
#[derive(Deserialize)]
pub(crate) struct ConId {
    pub(crate) id: String,
}

fn moneda(codigo: &str) -> Option<Moneda> {
    Moneda::parse(&codigo.to_ascii_uppercase())
}

fn instante(segundos: i64) -> Instante {
    Instante::from_millis(segundos.saturating_mul(1_000))
}
