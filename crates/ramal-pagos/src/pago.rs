//! A payment: money that a cliente gave, once. What of it settles which line is told by its abono
//! and the imputaciones of the ledger; here is no second copy of them.

use ramal_base::{Fecha, Id, Instante, Moneda};
use ramal_db::DbError;
use ramal_facturacion::cobro::Destino;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Medio, OrigenPago};

/// Marker of payment ids.
pub struct PagoMarca;

/// Identifier of a payment; its abono has the same UUID.
pub type PagoId = Id<PagoMarca>;

/// How far a payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoPago {
    /// Nothing of it settles anything yet: all of it is in favour.
    Registrado,
    /// Part of it settles something, part is in favour.
    Parcial,
    /// All that was not given back settles something.
    Aplicado,
    /// Registered by mistake and taken back.
    Revertido,
    /// All of it was given back.
    Devuelto,
    /// The bank or the card took it back.
    Contracargado,
}

impl EstadoPago {
    /// All of them.
    pub const TODOS: [EstadoPago; 6] = [
        EstadoPago::Registrado,
        EstadoPago::Parcial,
        EstadoPago::Aplicado,
        EstadoPago::Revertido,
        EstadoPago::Devuelto,
        EstadoPago::Contracargado,
    ];

    /// Wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoPago::Registrado => "registrado",
            EstadoPago::Parcial => "parcial",
            EstadoPago::Aplicado => "aplicado",
            EstadoPago::Revertido => "revertido",
            EstadoPago::Devuelto => "devuelto",
            EstadoPago::Contracargado => "contracargado",
        }
    }

    /// Reads the text.
    pub fn parse(texto: &str) -> Option<EstadoPago> {
        EstadoPago::TODOS.into_iter().find(|e| e.as_str() == texto)
    }

    /// The state of what is kept (`vigente`, `revertido`, `contracargado`) and of its sums.
    pub(crate) fn of(guardado: &str, (monto, aplicado, devuelto): (i64, i64, i64)) -> EstadoPago {
        match guardado {
            "revertido" => EstadoPago::Revertido,
            "contracargado" => EstadoPago::Contracargado,
            _ if devuelto >= monto => EstadoPago::Devuelto,
            _ if aplicado == 0 => EstadoPago::Registrado,
            _ if aplicado + devuelto >= monto => EstadoPago::Aplicado,
            _ => EstadoPago::Parcial,
        }
    }

    /// Whether its money still counts.
    pub fn is_vigente(self) -> bool {
        !matches!(self, EstadoPago::Revertido | EstadoPago::Contracargado)
    }
}

/// A payment as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pago {
    /// Identifier.
    pub id: PagoId,
    /// Printed number: see [`Pago::codigo`].
    pub numero: i64,
    /// Who paid.
    pub cliente_id: Uuid,
    /// Currency.
    pub moneda: Moneda,
    /// Amount, minor units, above zero.
    pub monto: i64,
    /// What settles something, minor units.
    pub aplicado: i64,
    /// What was given back, minor units.
    pub devuelto: i64,
    /// Means.
    pub medio: Medio,
    /// c_FormaPago.
    pub forma_pago: String,
    /// Door through which it entered.
    pub origen: OrigenPago,
    /// Who numbers its reference: a gateway, a bank, `manual:<medio>`.
    pub proveedor: Option<String>,
    /// Reference of that provider; unique with it.
    pub referencia: Option<String>,
    /// Day on which the cliente paid; lateness is judged by it.
    pub fecha_valor: Fecha,
    /// Day on which it was posted, in the company's zone.
    pub fecha: Fecha,
    /// When it was posted.
    pub registrado: Instante,
    /// Operation number that the cliente can show.
    pub operacion: Option<String>,
    /// What whoever registered it noted.
    pub notas: Option<String>,
    /// State.
    pub estado: EstadoPago,
    /// Shift of the cash desk in which it was taken.
    pub turno_id: Option<Uuid>,
    /// Who registered it.
    pub actor: String,
    /// Why it was taken back, if it was.
    pub motivo: Option<String>,
    /// When it was taken back.
    pub deshecho: Option<Instante>,
}

impl Pago {
    /// Printed number: `P-881`.
    pub fn codigo(&self) -> String {
        format!("P-{}", self.numero)
    }

    /// What settles nothing and was not given back, minor units.
    pub fn a_favor(&self) -> i64 {
        if self.estado.is_vigente() { self.monto - self.aplicado - self.devuelto } else { 0 }
    }
}

/// What is needed to register a payment.
#[derive(Clone, Debug)]
pub struct NuevoPago {
    /// Who paid.
    pub cliente_id: Uuid,
    /// Currency.
    pub moneda: Moneda,
    /// Amount, minor units, above zero.
    pub monto: i64,
    /// Means.
    pub medio: Medio,
    /// Door through which it entered.
    pub origen: OrigenPago,
    /// Who numbers `referencia`; without one, an operation number that a person wrote is unique
    /// within its means.
    pub proveedor: Option<String>,
    /// The provider's id of the payment; unique (proveedor, referencia).
    pub referencia: Option<String>,
    /// Day on which the cliente paid: not in the future, at most ten years ago.
    pub fecha_valor: Fecha,
    /// Operation number, up to 100 characters.
    pub operacion: Option<String>,
    /// Notes, up to 500 characters.
    pub notas: Option<String>,
    /// What it settles.
    pub destino: Destino,
    /// Shift in which it was taken; that of who acts, if he has one open and this is `None`.
    pub turno_id: Option<Uuid>,
}

/// What registering gave.
#[derive(Clone, Debug)]
pub struct Registrado {
    /// The payment.
    pub pago: Pago,
    /// Whether it was registered now; if not, it is the one that was there.
    pub nuevo: bool,
}

/// Payment as it lies in its table beside the sums of its abono.
#[derive(Clone, Debug, ramal_db::FromQueryResult)]
pub(crate) struct FilaPago {
    pub(crate) id: PagoId,
    pub(crate) numero: i64,
    pub(crate) cliente_id: Uuid,
    pub(crate) moneda: String,
    pub(crate) monto: i64,
    pub(crate) aplicado: i64,
    pub(crate) devuelto: i64,
    pub(crate) medio: String,
    pub(crate) forma_pago: String,
    pub(crate) origen: String,
    pub(crate) proveedor: Option<String>,
    pub(crate) referencia: Option<String>,
    pub(crate) fecha_valor: Fecha,
    pub(crate) fecha: Fecha,
    pub(crate) registrado: Instante,
    pub(crate) operacion: Option<String>,
    pub(crate) notas: Option<String>,
    pub(crate) estado: String,
    pub(crate) turno_id: Option<Uuid>,
    pub(crate) actor: String,
    pub(crate) motivo: Option<String>,
    pub(crate) deshecho: Option<Instante>,
}

impl TryFrom<FilaPago> for Pago {
    type Error = DbError;

    fn try_from(f: FilaPago) -> Result<Pago, DbError> {
        Ok(Pago {
            id: f.id,
            numero: f.numero,
            cliente_id: f.cliente_id,
            moneda: Moneda::parse(&f.moneda).ok_or(DbError::Corrupt("currency of a pago"))?,
            monto: f.monto,
            aplicado: f.aplicado,
            devuelto: f.devuelto,
            medio: Medio::parse(&f.medio).ok_or(DbError::Corrupt("means of a pago"))?,
            forma_pago: f.forma_pago,
            origen: OrigenPago::parse(&f.origen).ok_or(DbError::Corrupt("origin of a pago"))?,
            proveedor: f.proveedor,
            referencia: f.referencia,
            fecha_valor: f.fecha_valor,
            fecha: f.fecha,
            registrado: f.registrado,
            operacion: f.operacion,
            notas: f.notas,
            estado: EstadoPago::of(&f.estado, (f.monto, f.aplicado, f.devuelto)),
            turno_id: f.turno_id,
            actor: f.actor,
            motivo: f.motivo,
            deshecho: f.deshecho,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_follows_what_the_money_does() {
        let estado = |aplicado, devuelto| EstadoPago::of("vigente", (100, aplicado, devuelto));
        assert_eq!(estado(0, 0), EstadoPago::Registrado);
        assert_eq!(estado(40, 0), EstadoPago::Parcial);
        assert_eq!(estado(100, 0), EstadoPago::Aplicado);
        assert_eq!(estado(60, 40), EstadoPago::Aplicado);
        assert_eq!(estado(0, 40), EstadoPago::Registrado);
        assert_eq!(estado(0, 100), EstadoPago::Devuelto);
        assert_eq!(EstadoPago::of("revertido", (100, 0, 0)), EstadoPago::Revertido);
        for e in EstadoPago::TODOS {
            assert_eq!(EstadoPago::parse(e.as_str()), Some(e));
        }
    }
}
