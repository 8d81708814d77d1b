//! A renglon: a line of a statement and what became of it. What the bank wrote never changes; only
//! the state and its trace do.

use ramal_base::{Fecha, Id, Instante, Moneda};
use ramal_db::{DbError, FromQueryResult};
use ramal_extractos::cotejo::{Movimiento, Propuesta, Razon};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{CuentaId, LoteId};

/// Marker of line ids.
pub struct RenglonMarca;
/// Identifier of a line.
pub type RenglonId = Id<RenglonMarca>;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoRenglon {
    /// Nobody knows yet whose it is.
    PorConciliar,
    /// It has its payments, or is a gateway's pay-out.
    Conciliado,
    /// Set aside with a reason; it still counts as a difference.
    Apartado,
    /// Not a customer's money: fees, interest, money that left.
    Ajuste,
}

impl EstadoRenglon {
    /// All of them.
    pub const TODOS: [EstadoRenglon; 4] = [
        EstadoRenglon::PorConciliar,
        EstadoRenglon::Conciliado,
        EstadoRenglon::Apartado,
        EstadoRenglon::Ajuste,
    ];

    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoRenglon::PorConciliar => "por_conciliar",
            EstadoRenglon::Conciliado => "conciliado",
            EstadoRenglon::Apartado => "apartado",
            EstadoRenglon::Ajuste => "ajuste",
        }
    }

    /// The same in words, for refusals.
    pub(crate) fn words(self) -> &'static str {
        match self {
            EstadoRenglon::PorConciliar => "por conciliar",
            EstadoRenglon::Conciliado => "conciliado",
            EstadoRenglon::Apartado => "apartado",
            EstadoRenglon::Ajuste => "marcado como ajuste",
        }
    }

    /// Reads the text.
    pub fn parse(texto: &str) -> Option<EstadoRenglon> {
        EstadoRenglon::TODOS.into_iter().find(|e| e.as_str() == texto)
    }
}

/// Who resolved a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modo {
    /// The matching alone, because exactly one candidate existed.
    Automatico,
    /// A person.
    Persona,
}

impl Modo {
    /// Stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Modo::Automatico => "automatico",
            Modo::Persona => "persona",
        }
    }
}

/// What a line may be, for a person to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "clase")]
pub enum Sugerencia {
    /// A customer's money.
    Cliente {
        /// Whose, for what and why.
        propuesta: Propuesta,
    },
    /// The pay-out of a gateway: net = Σ payments − fees.
    Liquidacion {
        /// Account of the gateway.
        cuenta_id: Uuid,
        /// The gateway's name of the pay-out.
        liquidacion: String,
        /// What it paid out, minor units.
        neto: i64,
        /// What it kept, minor units.
        comision: i64,
        /// Lines that make it.
        lineas: i64,
    },
}

impl Sugerencia {
    /// Whether accepting it leaves nothing to think about: exact, and something besides the amount
    /// says whose it is.
    pub fn is_exacta(&self) -> bool {
        let Sugerencia::Cliente { propuesta } = self else { return false };
        let r = &propuesta.razones;
        let has = |razones: &[Razon]| razones.iter().any(|x| r.contains(x));
        let quien = [
            Razon::Id,
            Razon::Referencia,
            Razon::CuentaDedicada,
            Razon::Factura,
            Razon::Codigo,
            Razon::Documento,
            Razon::Nombre,
        ];
        let contra = [Razon::Contradiccion, Razon::Repetido, Razon::FacturaSaldada];
        has(&[Razon::Importe, Razon::SumaExacta, Razon::PagoEsperado, Razon::Id])
            && has(&quien)
            && !has(&contra)
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renglon {
    /// Identifier.
    pub id: RenglonId,
    /// Lote that brought it.
    pub lote_id: LoteId,
    /// Account.
    pub cuenta_id: CuentaId,
    /// Place in its lote.
    pub orden: i64,
    /// Value date.
    pub fecha_valor: Fecha,
    /// Operation date.
    pub fecha_operacion: Fecha,
    /// Signed amount, minor units.
    pub importe: i64,
    /// Currency.
    pub moneda: Moneda,
    /// Reference of the bank.
    pub referencia: String,
    /// Free text.
    pub concepto: String,
    /// Counterparty.
    pub contraparte: String,
    /// Identity document of the counterparty.
    pub documento: String,
    /// Account of ours that received.
    pub cuenta_destino: String,
    /// The bank's or provider's own id.
    pub id_banco: Option<String>,
    /// Balance after it, minor units.
    pub saldo: Option<i64>,
    /// Before the provider's fee, minor units.
    pub bruto: Option<i64>,
    /// The provider's fee, minor units.
    pub comision: Option<i64>,
    /// Pay-out that carried it.
    pub liquidacion: Option<String>,
    /// Which of the identical lines of its day it is.
    pub ordinal: i64,
    /// State.
    pub estado: EstadoRenglon,
    /// Who resolved it: see [`Modo`]. Of one that waits, that a person took it apart.
    pub modo: Option<String>,
    /// Whether its only suggestion leaves nothing to think about.
    pub exacta: bool,
    /// What it may be, best first.
    pub sugerencias: Vec<Sugerencia>,
    /// Why it was set aside or adjusted.
    pub motivo: Option<String>,
    /// When it was resolved.
    pub resuelto: Option<Instante>,
    /// Who resolved it.
    pub resuelto_por: Option<String>,
    /// Version of the row.
    pub version: i64,
}

impl Renglon {
    /// The line as the matching sees it.
    pub fn movimiento(&self, repetido: bool) -> Movimiento {
        Movimiento {
            fecha: self.fecha_valor,
            importe: self.importe,
            moneda: self.moneda,
            referencia: self.referencia.clone(),
            concepto: self.concepto.clone(),
            contraparte: self.contraparte.clone(),
            documento: self.documento.clone(),
            cuenta_destino: self.cuenta_destino.clone(),
            id_banco: self.id_banco.clone(),
            repetido,
        }
    }

    /// What whoever paid can show: the bank's id, or its reference.
    pub fn operacion(&self) -> Option<String> {
        let referencia = Some(self.referencia.as_str()).filter(|r| r.contains(|c: char| c != '0'));
        let texto = self.id_banco.as_deref().or(referencia)?;
        let limpio: String = texto.chars().filter(|c| *c != '|' && !c.is_control()).collect();
        let corto: String = limpio.trim().chars().take(100).collect();
        (!corto.is_empty()).then_some(corto)
    }
}

#[derive(FromQueryResult)]
pub(crate) struct FilaRenglon {
    pub(crate) id: RenglonId,
    pub(crate) lote_id: LoteId,
    pub(crate) cuenta_id: CuentaId,
    pub(crate) orden: i64,
    pub(crate) fecha_valor: Fecha,
    pub(crate) fecha_operacion: Fecha,
    pub(crate) importe: i64,
    pub(crate) moneda: String,
    pub(crate) referencia: String,
    pub(crate) concepto: String,
    pub(crate) contraparte: String,
    pub(crate) documento: String,
    pub(crate) cuenta_destino: String,
    pub(crate) id_banco: Option<String>,
    pub(crate) saldo: Option<i64>,
    pub(crate) bruto: Option<i64>,
    pub(crate) comision: Option<i64>,
    pub(crate) liquidacion: Option<String>,
    pub(crate) ordinal: i64,
    pub(crate) estado: String,
    pub(crate) modo: Option<String>,
    pub(crate) exacta: bool,
    pub(crate) sugerencias: String,
    pub(crate) motivo: Option<String>,
    pub(crate) resuelto: Option<Instante>,
    pub(crate) resuelto_por: Option<String>,
    pub(crate) version: i64,
}

impl TryFrom<FilaRenglon> for Renglon {
    type Error = DbError;

    fn try_from(f: FilaRenglon) -> Result<Renglon, DbError> {
        let sugerencias = serde_json::from_str(&f.sugerencias);
        Ok(Renglon {
            id: f.id,
            lote_id: f.lote_id,
            cuenta_id: f.cuenta_id,
            orden: f.orden,
            fecha_valor: f.fecha_valor,
            fecha_operacion: f.fecha_operacion,
            importe: f.importe,
            moneda: Moneda::parse(&f.moneda).ok_or(DbError::Corrupt("currency of a renglon"))?,
            referencia: f.referencia,
            concepto: f.concepto,
            contraparte: f.contraparte,
            documento: f.documento,
            cuenta_destino: f.cuenta_destino,
            id_banco: f.id_banco,
            saldo: f.saldo,
            bruto: f.bruto,
            comision: f.comision,
            liquidacion: f.liquidacion,
            ordinal: f.ordinal,
            estado: EstadoRenglon::parse(&f.estado)
                .ok_or(DbError::Corrupt("state of a renglon"))?,
            modo: f.modo,
            exacta: f.exacta,
            sugerencias: sugerencias.map_err(|_| DbError::Corrupt("suggestions of a renglon"))?,
            motivo: f.motivo,
            resuelto: f.resuelto,
            resuelto_por: f.resuelto_por,
            version: f.version,
        })
    }
}
