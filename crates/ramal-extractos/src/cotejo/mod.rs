//! To whom a movement belongs, as a pure function: alone only when exactly one candidate exists,
//! else a short list for a person. It reads no database and moves no money.
//!
//! Order (integrations 2.5): the id of something expected; our reference; a dedicated account;
//! exact amount with the payer's document or name. Whatever points to somebody else stops it.

mod decision;
mod evidencia;
mod nombre;
mod referencias;

use ramal_base::{Fecha, Moneda};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use decision::match_renglon;
pub use nombre::{Parecido, resemblance};
pub use referencias::{Mencion, mentions};

use crate::linea::Linea;

/// A movement as the matching sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movimiento {
    /// Value date.
    pub fecha: Fecha,
    /// Signed amount, minor units; only money that entered is matched.
    pub importe: i64,
    /// Currency.
    pub moneda: Moneda,
    /// Reference that the bank prints apart.
    pub referencia: String,
    /// Free text.
    pub concepto: String,
    /// Who paid, as the bank writes it.
    pub contraparte: String,
    /// His identity document, where the bank tells it.
    pub documento: String,
    /// Account of ours that received.
    pub cuenta_destino: String,
    /// The bank's or provider's own id.
    pub id_banco: Option<String>,
    /// Whether the same id, or the same line without one, was seen before.
    pub repetido: bool,
}

impl From<&Linea> for Movimiento {
    fn from(l: &Linea) -> Movimiento {
        Movimiento {
            fecha: l.fecha_valor,
            importe: l.importe,
            moneda: l.moneda,
            referencia: l.referencia.clone(),
            concepto: l.concepto.clone(),
            contraparte: l.contraparte.clone(),
            documento: l.documento.clone(),
            cuenta_destino: l.cuenta_destino.clone(),
            id_banco: l.id_banco.clone(),
            repetido: l.ordinal > 1 && l.id_banco.is_some(),
        }
    }
}

/// An invoice of a candidate, in the movement's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacturaCandidata {
    /// Invoice.
    pub id: Uuid,
    /// Printed number, `F001-12`.
    pub numero: String,
    /// Still owed, minor units; zero of one that is named in the movement and is not owed.
    pub abierto: i64,
    /// Day of issue.
    pub emision: Fecha,
    /// Due day.
    pub vencimiento: Fecha,
}

/// Money that is already known by an id: a payment by gateway, an approved proof, a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Esperado {
    /// What is linked: the payment.
    pub pago: Uuid,
    /// Ids by which the bank may name it.
    pub ids: Vec<String>,
    /// Amount, minor units.
    pub importe: i64,
    /// When it was paid.
    pub fecha: Fecha,
}

/// A customer who could have paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidato {
    /// Customer.
    pub cliente: Uuid,
    /// His printed number: 201 of `C-201`.
    pub numero: i64,
    /// His name.
    pub nombre: String,
    /// His identity document.
    pub documento: String,
    /// Accounts and references that are his alone.
    pub dedicadas: Vec<String>,
    /// His invoices.
    pub facturas: Vec<FacturaCandidata>,
    /// Money of his that is expected.
    pub esperados: Vec<Esperado>,
}

/// Whether the candidates hold everybody who owes exactly this amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cobertura {
    /// All of them.
    Completa,
    /// There were too many to gather.
    Cortada,
}

/// How far the matching goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Politica {
    /// Days around issue and due day within which amount and name are enough.
    pub dias: i64,
    /// Days within which a line may be the trace of a payment that is already registered.
    pub espera: i64,
    /// Whether the candidates are all.
    pub cobertura: Cobertura,
}

impl Default for Politica {
    fn default() -> Politica {
        Politica { dias: 3, espera: 7, cobertura: Cobertura::Completa }
    }
}

/// Why a candidate is proposed. Texts are the screens'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Razon {
    /// The id of something expected.
    Id,
    /// His own reference with its control digit.
    Referencia,
    /// His dedicated account received.
    CuentaDedicada,
    /// The number of his invoice is in the text.
    Factura,
    /// His printed number is in the text.
    Codigo,
    /// His identity document.
    Documento,
    /// His name.
    Nombre,
    /// One invoice owes exactly this.
    Importe,
    /// Several invoices add up to exactly this.
    SumaExacta,
    /// Less than what is owed.
    Parcial,
    /// More than what is owed.
    Excedente,
    /// The invoice that the text names is not owed.
    FacturaSaldada,
    /// The bank had told this line before.
    Repetido,
    /// A payment of his with this amount is registered and its line has not appeared.
    PagoEsperado,
    /// Something else points to another customer.
    Contradiccion,
}

impl Razon {
    /// Word in columns, JSON and keys of texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Razon::Id => "id",
            Razon::Referencia => "referencia",
            Razon::CuentaDedicada => "cuenta-dedicada",
            Razon::Factura => "factura",
            Razon::Codigo => "codigo",
            Razon::Documento => "documento",
            Razon::Nombre => "nombre",
            Razon::Importe => "importe",
            Razon::SumaExacta => "suma-exacta",
            Razon::Parcial => "parcial",
            Razon::Excedente => "excedente",
            Razon::FacturaSaldada => "factura-saldada",
            Razon::Repetido => "repetido",
            Razon::PagoEsperado => "pago-esperado",
            Razon::Contradiccion => "contradiccion",
        }
    }
}

/// What would be done with the money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "a")]
pub enum Destino {
    /// It is this payment, already registered: only linked.
    Enlazar {
        /// Payment.
        pago: Uuid,
    },
    /// These invoices with these amounts; the rest in favour.
    Facturas {
        /// Invoice and minor units.
        partes: Vec<(Uuid, i64)>,
    },
    /// The customer's account: oldest debt first, the rest in favour.
    Cuenta,
}

/// A destination with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Propuesta {
    /// Customer.
    pub cliente: Uuid,
    /// What would be done.
    pub destino: Destino,
    /// Why, strongest first.
    pub razones: Vec<Razon>,
    /// Strength, only to sort.
    pub puntos: u32,
}

/// What the matching says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Veredicto {
    /// Exactly one candidate exists.
    Automatico(Propuesta),
    /// For a person: the best first, at most five.
    Sugerencias(Vec<Propuesta>),
    /// Nobody comes to mind.
    Nada,
}
