//! What the emulated gateway remembers. One model for the three wires; none is written here.

use std::collections::BTreeMap;

use ramal_base::{Instante, Moneda};
use serde::{Deserialize, Serialize};

/// Wire that an object was made through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hilo {
    /// Ramal's own.
    Emulada,
    /// Mercado Pago.
    Mercadopago,
    /// Stripe.
    Stripe,
}

/// A means of payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metodo {
    /// Card.
    Tarjeta,
    /// Transfer to a CLABE (MXN).
    Spei,
    /// Cash at a shop (MXN).
    Oxxo,
    /// CIP code (PEN).
    Pagoefectivo,
    /// Wallet (PEN).
    Yape,
}

impl Metodo {
    /// Every means.
    pub const TODOS: [Metodo; 5] =
        [Metodo::Tarjeta, Metodo::Spei, Metodo::Oxxo, Metodo::Pagoefectivo, Metodo::Yape];

    /// Word on Ramal's own wire and in addresses.
    pub fn codigo(self) -> &'static str {
        match self {
            Metodo::Tarjeta => "tarjeta",
            Metodo::Spei => "spei",
            Metodo::Oxxo => "oxxo",
            Metodo::Pagoefectivo => "pagoefectivo",
            Metodo::Yape => "yape",
        }
    }

    /// Reads its word.
    pub fn parse(codigo: &str) -> Option<Metodo> {
        Metodo::TODOS.into_iter().find(|m| m.codigo() == codigo)
    }

    /// Whether a person can pay with it in a currency.
    pub fn takes(self, moneda: Moneda) -> bool {
        match self {
            Metodo::Tarjeta => true,
            Metodo::Spei | Metodo::Oxxo => moneda == Moneda::Mxn,
            Metodo::Pagoefectivo | Metodo::Yape => moneda == Moneda::Pen,
        }
    }

    /// Whether it is paid outside, with a reference.
    pub fn is_con_referencia(self) -> bool {
        matches!(self, Metodo::Spei | Metodo::Oxxo | Metodo::Pagoefectivo)
    }
}

/// State of a payment; refunds and disputes are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Situacion {
    /// Waits for the person.
    Pendiente,
    /// Under review.
    EnProceso,
    /// Paid.
    Acreditado,
    /// Refused.
    Rechazado,
    /// Not paid in time.
    Vencido,
    /// Closed by the seller.
    Cancelado,
}

impl Situacion {
    /// Word on Ramal's own wire and on screen.
    pub fn codigo(self) -> &'static str {
        match self {
            Situacion::Pendiente => "pendiente",
            Situacion::EnProceso => "en_proceso",
            Situacion::Acreditado => "acreditado",
            Situacion::Rechazado => "rechazado",
            Situacion::Vencido => "vencido",
            Situacion::Cancelado => "cancelado",
        }
    }

    /// Whether it can still be paid.
    pub fn is_abierta(self) -> bool {
        matches!(self, Situacion::Pendiente | Situacion::EnProceso)
    }
}

/// A seller's account on one wire.
#[derive(Clone)]
pub struct Comercio {
    /// Wire.
    pub hilo: Hilo,
    /// Account id: any text, a `collector_id`, an `acct_…`.
    pub cuenta: String,
    /// Bearer token.
    pub token: String,
    /// Secret that signs notices.
    pub secreto: String,
    /// Secret before it, while a rotation lasts; signs too where the vendor does so.
    pub secreto_anterior: Option<String>,
    /// Currencies it collects in.
    pub monedas: Vec<Moneda>,
    /// Where notices go when the wire does not say it per payment (Stripe).
    pub aviso: Option<String>,
}

/// Where a person goes after the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retornos {
    /// Paid.
    pub exito: String,
    /// Waits for a deposit or a review.
    pub pendiente: String,
    /// Left without paying.
    pub fracaso: String,
}

/// What both a page and a payment carry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Datos {
    /// Wire.
    pub hilo: Hilo,
    /// Account that collects.
    pub cuenta: String,
    /// The seller's reference; empty if it gave none.
    pub externa: String,
    /// Amount asked for, minor units.
    pub importe: i64,
    /// Currency.
    pub moneda: Moneda,
    /// What is paid.
    pub concepto: String,
    /// Name and e-mail of who pays, as the seller gave them.
    pub pagador: (String, Option<String>),
    /// Where its notices go.
    pub aviso: Option<String>,
    /// Last moment to pay.
    pub vence: Option<Instante>,
    /// Free data of the seller.
    pub metadatos: BTreeMap<String, String>,
}

/// A hosted page (preference, Checkout session, cobro).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pagina {
    /// Id on its wire.
    pub id: String,
    /// What it asks for.
    pub datos: Datos,
    /// The only means it takes; `None` is all of the currency.
    pub metodo: Option<Metodo>,
    /// Where the person goes after it.
    pub retornos: Retornos,
    /// When it was made.
    pub creada: Instante,
    /// Closed by the seller.
    pub cancelada: bool,
    /// Closed by time, and told.
    pub vencida: bool,
    /// Payments tried on it, oldest first.
    pub pagos: Vec<String>,
    /// Free data for its payments (Stripe).
    pub metadatos_pago: BTreeMap<String, String>,
    /// Server that it was made through, to write its address again.
    pub servidor: String,
}

/// A payment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pago {
    /// Id on its wire.
    pub id: String,
    /// What it pays.
    pub datos: Datos,
    /// Page that it was tried on.
    pub pagina: Option<String>,
    /// Means; `None` until the person chooses.
    pub metodo: Option<Metodo>,
    /// State.
    pub situacion: Situacion,
    /// Why it stands so, in one word.
    pub detalle: String,
    /// What came in, minor units; differs from what was asked under the wrong-amount switch.
    pub recibido: i64,
    /// What the gateway keeps, minor units.
    pub comision: i64,
    /// When it was made.
    pub creado: Instante,
    /// When it was paid.
    pub acreditado: Option<Instante>,
    /// CLABE, digits of the slip or CIP.
    pub referencia: Option<String>,
    /// Refunds, oldest first.
    pub devoluciones: Vec<Devolucion>,
    /// Dispute.
    pub contracargo: Option<Contracargo>,
    /// Customer that it belongs to (Stripe).
    pub cliente: Option<String>,
    /// Server that it was made through.
    pub servidor: String,
}

impl Pago {
    /// Given back so far, minor units.
    pub fn devuelto(&self) -> i64 {
        self.devoluciones.iter().map(|d| d.importe).sum()
    }

    /// Whether its money is out because of a dispute.
    pub fn is_contracargado(&self) -> bool {
        self.contracargo.as_ref().is_some_and(|c| c.resultado != Resultado::Ganado)
    }

    /// Word of the whole: state, refunds and dispute together.
    pub fn estado(&self) -> &'static str {
        match self.situacion {
            Situacion::Acreditado if self.is_contracargado() => "contracargado",
            Situacion::Acreditado if self.devuelto() >= self.recibido => "devuelto",
            otra => otra.codigo(),
        }
    }

    /// How far it went: decides which of several on one page is told first.
    pub fn avance(&self) -> u8 {
        match self.situacion {
            Situacion::Acreditado => 4,
            Situacion::EnProceso => 3,
            Situacion::Pendiente => 2,
            Situacion::Rechazado => 1,
            Situacion::Vencido | Situacion::Cancelado => 0,
        }
    }
}

/// A refund.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Devolucion {
    /// Id on its wire.
    pub id: String,
    /// Amount, minor units.
    pub importe: i64,
    /// When.
    pub creada: Instante,
    /// Free data of the seller.
    pub metadatos: BTreeMap<String, String>,
}

/// How a dispute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resultado {
    /// Open: the money is out.
    Abierto,
    /// The buyer keeps the money.
    Perdido,
    /// The money came back.
    Ganado,
}

/// A dispute.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contracargo {
    /// Id on its wire.
    pub id: String,
    /// When it opened.
    pub creado: Instante,
    /// How it stands.
    pub resultado: Resultado,
}

/// A customer (Stripe).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cliente {
    /// Id.
    pub id: String,
    /// Account.
    pub cuenta: String,
    /// Name.
    pub nombre: String,
    /// E-mail.
    pub correo: Option<String>,
    /// Its CLABE: one per customer.
    pub clabe: String,
    /// When it was made.
    pub creado: Instante,
}

/// Answer given to an idempotency key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Clave {
    /// `hilo:cuenta:key`.
    pub id: String,
    /// SHA-256 of method, path and body.
    pub huella: String,
    /// HTTP status.
    pub estado: u16,
    /// Body.
    pub cuerpo: String,
}

/// How a notice was tampered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alteracion {
    /// Honest.
    Ninguna,
    /// Signed with a secret that is not ours.
    Falsificado,
    /// Signed an hour ago.
    Vencido,
    /// Legacy notice without a signature (Mercado Pago).
    SinFirma,
    /// Never sent.
    Perdido,
}

/// A notice, with everything that was sent and answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Aviso {
    /// Own id.
    pub id: String,
    /// Id of the event that it carries; copies repeat it.
    pub evento: String,
    /// Wire.
    pub hilo: Hilo,
    /// Account.
    pub cuenta: String,
    /// Payment or page that it speaks of.
    pub objeto: String,
    /// Kind, in the wire's words.
    pub tipo: String,
    /// Full address, with its query.
    pub url: String,
    /// Id in the query that gets signed (Mercado Pago).
    pub firmado: Option<String>,
    /// Body.
    pub cuerpo: String,
    /// When it was made.
    pub creado: Instante,
    /// How it was tampered with.
    pub alteracion: Alteracion,
    /// Attempts, oldest first.
    pub intentos: Vec<Intento>,
    /// When to try again; `None` is done or given up.
    pub proximo: Option<Instante>,
}

impl Aviso {
    /// Whether somebody said 2xx.
    pub fn is_entregado(&self) -> bool {
        self.intentos.iter().any(|i| i.estado.is_some_and(|e| (200..300).contains(&e)))
    }
}

/// One sending of a notice.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Intento {
    /// When.
    pub momento: Instante,
    /// Headers sent.
    pub cabeceras: Vec<(String, String)>,
    /// Status answered; `None` if nothing came back.
    pub estado: Option<u16>,
    /// Beginning of the answer, or why there was none.
    pub respuesta: String,
}
