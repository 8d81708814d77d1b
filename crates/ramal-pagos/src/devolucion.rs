//! Giving money back: what was asked for and what was decided. The money moves in the action.

use ramal_base::{Id, Instante, Moneda};
use ramal_db::DbError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Medio, PagoId};

/// Identifier of a refund.
pub type DevolucionId = Id<Devolucion>;

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoDevolucion {
    /// Over the limit: waits for somebody who may approve it.
    Pendiente,
    /// The money left.
    Hecha,
    /// Refused.
    Rechazada,
}

impl EstadoDevolucion {
    /// All of them.
    pub const TODOS: [EstadoDevolucion; 3] =
        [EstadoDevolucion::Pendiente, EstadoDevolucion::Hecha, EstadoDevolucion::Rechazada];

    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoDevolucion::Pendiente => "pendiente",
            EstadoDevolucion::Hecha => "hecha",
            EstadoDevolucion::Rechazada => "rechazada",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<EstadoDevolucion> {
        EstadoDevolucion::TODOS.into_iter().find(|e| e.as_str() == texto)
    }
}

/// Money of a payment that goes back, or is asked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Devolucion {
    /// Identifier.
    pub id: DevolucionId,
    /// Printed number: see [`Devolucion::codigo`].
    pub numero: i64,
    /// Payment.
    pub pago_id: PagoId,
    /// Whose it is.
    pub cliente_id: Uuid,
    /// Currency.
    pub moneda: Moneda,
    /// Amount, minor units.
    pub monto: i64,
    /// Means with which it goes back.
    pub medio: Medio,
    /// Why.
    pub motivo: String,
    /// Reference at whoever carried it.
    pub referencia: Option<String>,
    /// State.
    pub estado: EstadoDevolucion,
    /// When it was asked for.
    pub solicitado: Instante,
    /// Who asked.
    pub solicitado_por: String,
    /// When it was decided.
    pub resuelto: Option<Instante>,
    /// Who decided.
    pub resuelto_por: Option<String>,
    /// What was answered, if it was refused.
    pub respuesta: Option<String>,
}

impl Devolucion {
    /// Printed number: `D-12`.
    pub fn codigo(&self) -> String {
        format!("D-{}", self.numero)
    }
}

/// What may be touched to give money back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlcanceDevolucion {
    /// Only what settles nothing; more is refused.
    SinAplicar,
    /// What settles something too: it is taken off first, the newest applications included, and
    /// what remains is applied again. For a refund that a gateway has already made.
    LoNecesario,
}

/// What is needed to give money back.
#[derive(Clone, Debug)]
pub struct NuevaDevolucion {
    /// Payment.
    pub pago_id: PagoId,
    /// Amount, minor units, above zero.
    pub monto: i64,
    /// Means with which it goes back.
    pub medio: Medio,
    /// Why, 3 to 200 characters.
    pub motivo: String,
    /// Reference at whoever carried it; unique within its payment.
    pub referencia: Option<String>,
    /// What may be touched.
    pub alcance: AlcanceDevolucion,
}

/// What whoever asks for a refund may decide alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facultad {
    /// Up to the limit of the company; more waits for an approval.
    HastaLimite,
    /// Any amount.
    Cualquiera,
}

/// Refund as it lies in its table.
#[derive(Clone, Debug, ramal_db::FromQueryResult)]
pub(crate) struct FilaDevolucion {
    pub(crate) id: DevolucionId,
    pub(crate) numero: i64,
    pub(crate) pago_id: PagoId,
    pub(crate) cliente_id: Uuid,
    pub(crate) moneda: String,
    pub(crate) monto: i64,
    pub(crate) medio: String,
    pub(crate) motivo: String,
    pub(crate) referencia: Option<String>,
    pub(crate) estado: String,
    pub(crate) solicitado: Instante,
    pub(crate) solicitado_por: String,
    pub(crate) resuelto: Option<Instante>,
    pub(crate) resuelto_por: Option<String>,
    pub(crate) respuesta: Option<String>,
}

impl TryFrom<FilaDevolucion> for Devolucion {
    type Error = DbError;

    fn try_from(f: FilaDevolucion) -> Result<Devolucion, DbError> {
        let moneda = Moneda::parse(&f.moneda);
        let estado = EstadoDevolucion::parse(&f.estado);
        Ok(Devolucion {
            id: f.id,
            numero: f.numero,
            pago_id: f.pago_id,
            cliente_id: f.cliente_id,
            moneda: moneda.ok_or(DbError::Corrupt("currency of a devolucion"))?,
            monto: f.monto,
            medio: Medio::parse(&f.medio).ok_or(DbError::Corrupt("means of a devolucion"))?,
            motivo: f.motivo,
            referencia: f.referencia,
            estado: estado.ok_or(DbError::Corrupt("state of a devolucion"))?,
            solicitado: f.solicitado,
            solicitado_por: f.solicitado_por,
            resuelto: f.resuelto,
            resuelto_por: f.resuelto_por,
            respuesta: f.respuesta,
        })
    }
}
