//! The noun of the slice: a request for money at a gateway, with the invoices that it settles. It
//! moves no money: the payment is recorded by the slice of payments.

use ramal_base::{Id, Instante, Moneda};
use ramal_db::{DbError, FromQueryResult};
use ramal_pasarelas::{Instruccion, MedioRemoto};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Marker of cobro ids.
pub struct CobroMarca;

/// Identifier of a cobro; the gateway repeats it in every payment as the external reference.
pub type CobroId = Id<CobroMarca>;

/// Where a cobro stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Estado {
    /// The intent is written; the gateway was not asked yet.
    Creado,
    /// The gateway was asked and did not answer: a query will tell.
    Incierto,
    /// The gateway has it and nobody paid.
    Pendiente,
    /// Somebody paid and the gateway is not sure yet.
    EnProceso,
    /// The money is ours and the payment is recorded.
    Acreditado,
    /// The gateway said no.
    Rechazado,
    /// Its time is over. A late payment is recorded all the same.
    Vencido,
    /// Closed before anybody paid.
    Cancelado,
    /// Given back whole.
    Devuelto,
    /// Taken back by the bank of who paid.
    Contracargado,
}

impl Estado {
    /// Every state, in the order of the filter.
    pub const TODOS: [Estado; 10] = [
        Estado::Creado,
        Estado::Incierto,
        Estado::Pendiente,
        Estado::EnProceso,
        Estado::Acreditado,
        Estado::Rechazado,
        Estado::Vencido,
        Estado::Cancelado,
        Estado::Devuelto,
        Estado::Contracargado,
    ];

    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            Estado::Creado => "creado",
            Estado::Incierto => "incierto",
            Estado::Pendiente => "pendiente",
            Estado::EnProceso => "en_proceso",
            Estado::Acreditado => "acreditado",
            Estado::Rechazado => "rechazado",
            Estado::Vencido => "vencido",
            Estado::Cancelado => "cancelado",
            Estado::Devuelto => "devuelto",
            Estado::Contracargado => "contracargado",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<Estado> {
        Estado::TODOS.into_iter().find(|e| e.as_str() == texto)
    }

    /// Whether somebody may still pay it, as far as Ramal knows.
    pub fn is_abierto(self) -> bool {
        matches!(self, Estado::Creado | Estado::Incierto | Estado::Pendiente | Estado::EnProceso)
    }

    /// Whether money came in at some time.
    pub fn was_acreditado(self) -> bool {
        matches!(self, Estado::Acreditado | Estado::Devuelto | Estado::Contracargado)
    }
}

/// Who asked for the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origen {
    /// The customer, from the link of an invoice.
    Enlace,
    /// A program, by the API.
    Api,
}

impl Origen {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            Origen::Enlace => "enlace",
            Origen::Api => "api",
        }
    }
}

/// An invoice of a cobro and how much of it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partida {
    /// The invoice.
    pub factura_id: Uuid,
    /// Its printed number on the day of the request.
    pub numero: String,
    /// Amount, minor units, above zero.
    pub monto: i64,
}

/// A cobro as it lies in its table.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Fila {
    /// Identifier.
    pub id: CobroId,
    /// Printed number.
    pub numero: i64,
    /// Whose debt it is.
    pub cliente_id: Uuid,
    /// Currency.
    pub moneda: String,
    /// Amount, minor units.
    pub monto: i64,
    /// Code of the gateway.
    pub pasarela: String,
    /// How it will be paid: code of [`MedioRemoto`].
    pub medio: String,
    /// State: see [`Estado`].
    pub estado: String,
    /// Who asked: see [`Origen`].
    pub origen: String,
    /// Idempotency key at the gateway.
    pub clave: String,
    /// The gateway's id.
    pub referencia: Option<String>,
    /// Page of the gateway.
    pub url: Option<String>,
    /// JSON of how to pay outside a browser.
    pub instruccion: Option<String>,
    /// What the gateway said when it refused.
    pub falla: Option<String>,
    /// Last moment to pay.
    pub vence: Instante,
    /// Times that the gateway was asked for its state.
    pub consultas: i32,
    /// When it will be asked again; `None` when there is nothing to ask.
    pub proxima: Option<Instante>,
    /// When the person came back from the gateway.
    pub regreso: Option<Instante>,
    /// When the gateway credited the money.
    pub acreditado: Option<Instante>,
    /// When it was asked for.
    pub creado: Instante,
    /// Last change.
    pub actualizado: Instante,
    /// Grows by one with every change.
    pub version: i64,
}

impl Fila {
    /// State. Errors: `Corrupt`.
    pub fn estado(&self) -> Result<Estado, DbError> {
        Estado::parse(&self.estado).ok_or(DbError::Corrupt("state of a cobro"))
    }

    /// Currency. Errors: `Corrupt`.
    pub fn moneda(&self) -> Result<Moneda, DbError> {
        Moneda::parse(&self.moneda).ok_or(DbError::Corrupt("currency of a cobro"))
    }

    /// How it will be paid. Errors: `Corrupt`.
    pub fn medio(&self) -> Result<MedioRemoto, DbError> {
        MedioRemoto::parse(&self.medio).ok_or(DbError::Corrupt("means of a cobro"))
    }

    /// Printed code: `CB-120`.
    pub fn codigo(&self) -> String {
        format!("CB-{}", self.numero)
    }

    /// How to pay outside a browser, if the gateway said.
    pub fn instruccion(&self) -> Option<Instruccion> {
        let guardada: InstruccionGuardada =
            serde_json::from_str(self.instruccion.as_ref()?).ok()?;
        Some(guardada.into())
    }
}

/// An instruction as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(tag = "clase", rename_all = "snake_case")]
enum InstruccionGuardada {
    Clabe {
        clabe: String,
        banco: Option<String>,
        beneficiario: Option<String>,
        referencia: Option<String>,
    },
    Referencia {
        referencia: String,
        codigo_barras: Option<String>,
        ficha: Option<String>,
    },
    Cip {
        cip: String,
        ficha: Option<String>,
    },
}

impl From<InstruccionGuardada> for Instruccion {
    fn from(guardada: InstruccionGuardada) -> Instruccion {
        match guardada {
            InstruccionGuardada::Clabe { clabe, banco, beneficiario, referencia } => {
                Instruccion::Clabe { clabe, banco, beneficiario, referencia }
            }
            InstruccionGuardada::Referencia { referencia, codigo_barras, ficha } => {
                Instruccion::Referencia { referencia, codigo_barras, ficha }
            }
            InstruccionGuardada::Cip { cip, ficha } => Instruccion::Cip { cip, ficha },
        }
    }
}

/// The JSON in which an instruction is kept. Errors: `Corrupt`, never in practice.
pub(crate) fn keep_instruccion(instruccion: &Instruccion) -> Result<String, DbError> {
    let guardada = match instruccion.clone() {
        Instruccion::Clabe { clabe, banco, beneficiario, referencia } => {
            InstruccionGuardada::Clabe { clabe, banco, beneficiario, referencia }
        }
        Instruccion::Referencia { referencia, codigo_barras, ficha } => {
            InstruccionGuardada::Referencia { referencia, codigo_barras, ficha }
        }
        Instruccion::Cip { cip, ficha } => InstruccionGuardada::Cip { cip, ficha },
    };
    serde_json::to_string(&guardada).map_err(|_| DbError::Corrupt("instruction of a cobro"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_come_back_as_what_they_were() {
        for estado in Estado::TODOS {
            assert_eq!(Estado::parse(estado.as_str()), Some(estado));
            let json = serde_json::to_value(estado).unwrap();
            assert_eq!(json, estado.as_str(), "the wire says the stored word");
        }
        assert_eq!(Estado::parse("approved"), None);
    }

    #[test]
    fn an_instruction_survives_its_table() {
        let clabe = Instruccion::Clabe {
            clabe: "646180111000000011".into(),
            banco: Some("STP".into()),
            beneficiario: None,
            referencia: None,
        };
        let json = keep_instruccion(&clabe).unwrap();
        let guardada: InstruccionGuardada = serde_json::from_str(&json).unwrap();
        assert_eq!(Instruccion::from(guardada), clabe);
    }
}
