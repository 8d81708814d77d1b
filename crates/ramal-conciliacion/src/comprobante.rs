//! A payment proof: the photo or PDF that somebody sent, what it says and what a person decided. It
//! is not a payment: it becomes one when it is approved.

use ramal_base::{Fecha, Id, Instante, Moneda};
use ramal_db::{DbError, FromQueryResult};
use ramal_pagos::Medio;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Marker of proof ids.
pub struct ComprobantePagoMarca;
/// Identifier of a proof.
pub type ComprobantePagoId = Id<ComprobantePagoMarca>;

/// What was decided of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoComprobante {
    /// Nobody looked yet.
    PorRevisar,
    /// It is a payment.
    Aprobado,
    /// It is not one.
    Rechazado,
    /// It cannot be read: another photo is awaited.
    OtraFoto,
}

impl EstadoComprobante {
    /// All of them.
    pub const TODOS: [EstadoComprobante; 4] = [
        EstadoComprobante::PorRevisar,
        EstadoComprobante::Aprobado,
        EstadoComprobante::Rechazado,
        EstadoComprobante::OtraFoto,
    ];

    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoComprobante::PorRevisar => "por_revisar",
            EstadoComprobante::Aprobado => "aprobado",
            EstadoComprobante::Rechazado => "rechazado",
            EstadoComprobante::OtraFoto => "otra_foto",
        }
    }

    /// The same in words, for refusals.
    pub(crate) fn words(self) -> &'static str {
        match self {
            EstadoComprobante::PorRevisar => "por revisar",
            EstadoComprobante::Aprobado => "aprobado",
            EstadoComprobante::Rechazado => "rechazado",
            EstadoComprobante::OtraFoto => "a la espera de otra foto",
        }
    }

    /// Reads the text.
    pub fn parse(texto: &str) -> Option<EstadoComprobante> {
        EstadoComprobante::TODOS.into_iter().find(|e| e.as_str() == texto)
    }
}

/// A proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComprobantePago {
    /// Identifier.
    pub id: ComprobantePagoId,
    /// Printed number: see [`ComprobantePago::codigo`].
    pub numero: i64,
    /// Whose.
    pub cliente_id: Uuid,
    /// Invoice whose link he used.
    pub factura_id: Option<Uuid>,
    /// `cliente` or `personal`.
    pub origen: String,
    /// Name of the file, for people.
    pub archivo: String,
    /// Media type as its bytes show it.
    pub tipo: String,
    /// Size of the file.
    pub bytes: i64,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Key of the file in the store.
    pub objeto: String,
    /// Means that the proof shows.
    pub medio: Medio,
    /// Operation number as it was typed.
    pub operacion: Option<String>,
    /// Amount, minor units.
    pub importe: Option<i64>,
    /// Currency.
    pub moneda: Moneda,
    /// Day of the payment.
    pub fecha: Option<Fecha>,
    /// What whoever sent it wrote.
    pub notas: Option<String>,
    /// State.
    pub estado: EstadoComprobante,
    /// Why it was refused.
    pub motivo: Option<String>,
    /// Payment that it became.
    pub pago_id: Option<Uuid>,
    /// Who sent it.
    pub actor: String,
    /// When.
    pub creado: Instante,
    /// When it was reviewed.
    pub revisado: Option<Instante>,
    /// Who reviewed it.
    pub revisado_por: Option<String>,
    /// Version of the row.
    pub version: i64,
}

impl ComprobantePago {
    /// Printed number: `CP-12`.
    pub fn codigo(&self) -> String {
        format!("CP-{}", self.numero)
    }
}

#[derive(FromQueryResult)]
pub(crate) struct FilaComprobante {
    pub(crate) id: ComprobantePagoId,
    pub(crate) numero: i64,
    pub(crate) cliente_id: Uuid,
    pub(crate) factura_id: Option<Uuid>,
    pub(crate) origen: String,
    pub(crate) archivo: String,
    pub(crate) tipo: String,
    pub(crate) bytes: i64,
    pub(crate) sha256: String,
    pub(crate) objeto: String,
    pub(crate) medio: String,
    pub(crate) operacion: Option<String>,
    pub(crate) importe: Option<i64>,
    pub(crate) moneda: String,
    pub(crate) fecha: Option<Fecha>,
    pub(crate) notas: Option<String>,
    pub(crate) estado: String,
    pub(crate) motivo: Option<String>,
    pub(crate) pago_id: Option<Uuid>,
    pub(crate) actor: String,
    pub(crate) creado: Instante,
    pub(crate) revisado: Option<Instante>,
    pub(crate) revisado_por: Option<String>,
    pub(crate) version: i64,
}

impl TryFrom<FilaComprobante> for ComprobantePago {
    type Error = DbError;

    fn try_from(f: FilaComprobante) -> Result<ComprobantePago, DbError> {
        Ok(ComprobantePago {
            id: f.id,
            numero: f.numero,
            cliente_id: f.cliente_id,
            factura_id: f.factura_id,
            origen: f.origen,
            archivo: f.archivo,
            tipo: f.tipo,
            bytes: f.bytes,
            sha256: f.sha256,
            objeto: f.objeto,
            medio: Medio::parse(&f.medio).ok_or(DbError::Corrupt("means of a proof"))?,
            operacion: f.operacion,
            importe: f.importe,
            moneda: Moneda::parse(&f.moneda).ok_or(DbError::Corrupt("currency of a proof"))?,
            fecha: f.fecha,
            notas: f.notas,
            estado: EstadoComprobante::parse(&f.estado)
                .ok_or(DbError::Corrupt("state of a proof"))?,
            motivo: f.motivo,
            pago_id: f.pago_id,
            actor: f.actor,
            creado: f.creado,
            revisado: f.revisado,
            revisado_por: f.revisado_por,
            version: f.version,
        })
    }
}
