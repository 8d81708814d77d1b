//! A lote: one statement file of one account, kept as it came, and how far its lines are. It knows
//! no format.

use ramal_base::{Fecha, Id, Instante};
use ramal_db::{DbError, FromQueryResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::CuentaId;

/// Marker of lote ids.
pub struct LoteMarca;
/// Identifier of a lote.
pub type LoteId = Id<LoteMarca>;

/// How far a lote is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoLote {
    /// Kept; waits to be read.
    Recibido,
    /// Read; its lines are being matched.
    Cotejando,
    /// Waits for people.
    Abierto,
    /// Closed.
    Cerrado,
    /// The file was refused whole.
    Rechazado,
}

impl EstadoLote {
    /// All of them.
    pub const TODOS: [EstadoLote; 5] = [
        EstadoLote::Recibido,
        EstadoLote::Cotejando,
        EstadoLote::Abierto,
        EstadoLote::Cerrado,
        EstadoLote::Rechazado,
    ];

    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoLote::Recibido => "recibido",
            EstadoLote::Cotejando => "cotejando",
            EstadoLote::Abierto => "abierto",
            EstadoLote::Cerrado => "cerrado",
            EstadoLote::Rechazado => "rechazado",
        }
    }

    /// Reads the text.
    pub fn parse(texto: &str) -> Option<EstadoLote> {
        EstadoLote::TODOS.into_iter().find(|e| e.as_str() == texto)
    }

    /// Whether its lines may be resolved.
    pub fn is_vivo(self) -> bool {
        matches!(self, EstadoLote::Cotejando | EstadoLote::Abierto)
    }
}

/// A lote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lote {
    /// Identifier.
    pub id: LoteId,
    /// Printed number: see [`Lote::codigo`].
    pub numero: i64,
    /// Account.
    pub cuenta_id: CuentaId,
    /// Name of the file, for people.
    pub archivo: String,
    /// Format as its bytes show it.
    pub formato: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Key of the file in the store.
    pub objeto: String,
    /// State.
    pub estado: EstadoLote,
    /// Why it was refused.
    pub motivo: Option<String>,
    /// Line of the file that refused it.
    pub linea_mala: Option<i64>,
    /// Lines in the file.
    pub leidos: i64,
    /// Lines that no earlier lote had.
    pub nuevos: i64,
    /// Lines that the matching has looked at.
    pub cotejados: i64,
    /// First operation day.
    pub desde: Option<Fecha>,
    /// Last operation day.
    pub hasta: Option<Fecha>,
    /// Opening balance, minor units.
    pub saldo_inicial: Option<i64>,
    /// Closing balance, minor units.
    pub saldo_final: Option<i64>,
    /// Adjustment with which it was closed, minor units.
    pub ajuste: Option<i64>,
    /// What the adjustment is.
    pub ajuste_motivo: Option<String>,
    /// Who imported it.
    pub actor: String,
    /// When.
    pub creado: Instante,
    /// When it was closed.
    pub cerrado: Option<Instante>,
    /// Who closed it.
    pub cerrado_por: Option<String>,
    /// Version of the row.
    pub version: i64,
}

impl Lote {
    /// Printed number: `L-12`.
    pub fn codigo(&self) -> String {
        format!("L-{}", self.numero)
    }
}

#[derive(FromQueryResult)]
pub(crate) struct FilaLote {
    pub(crate) id: LoteId,
    pub(crate) numero: i64,
    pub(crate) cuenta_id: CuentaId,
    pub(crate) archivo: String,
    pub(crate) formato: String,
    pub(crate) sha256: String,
    pub(crate) objeto: String,
    pub(crate) estado: String,
    pub(crate) motivo: Option<String>,
    pub(crate) linea_mala: Option<i64>,
    pub(crate) leidos: i64,
    pub(crate) nuevos: i64,
    pub(crate) cotejados: i64,
    pub(crate) desde: Option<Fecha>,
    pub(crate) hasta: Option<Fecha>,
    pub(crate) saldo_inicial: Option<i64>,
    pub(crate) saldo_final: Option<i64>,
    pub(crate) ajuste: Option<i64>,
    pub(crate) ajuste_motivo: Option<String>,
    pub(crate) actor: String,
    pub(crate) creado: Instante,
    pub(crate) cerrado: Option<Instante>,
    pub(crate) cerrado_por: Option<String>,
    pub(crate) version: i64,
}

impl TryFrom<FilaLote> for Lote {
    type Error = DbError;

    fn try_from(f: FilaLote) -> Result<Lote, DbError> {
        Ok(Lote {
            id: f.id,
            numero: f.numero,
            cuenta_id: f.cuenta_id,
            archivo: f.archivo,
            formato: f.formato,
            sha256: f.sha256,
            objeto: f.objeto,
            estado: EstadoLote::parse(&f.estado).ok_or(DbError::Corrupt("state of a lote"))?,
            motivo: f.motivo,
            linea_mala: f.linea_mala,
            leidos: f.leidos,
            nuevos: f.nuevos,
            cotejados: f.cotejados,
            desde: f.desde,
            hasta: f.hasta,
            saldo_inicial: f.saldo_inicial,
            saldo_final: f.saldo_final,
            ajuste: f.ajuste,
            ajuste_motivo: f.ajuste_motivo,
            actor: f.actor,
            creado: f.creado,
            cerrado: f.cerrado,
            cerrado_por: f.cerrado_por,
            version: f.version,
        })
    }
}
