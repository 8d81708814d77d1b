//! An account whose statements are imported: of a bank, or of a gateway with its reports. It holds
//! no balance: that is the bank's.

use ramal_base::{Fecha, Id, Instante, Moneda};
use ramal_db::{DbError, FromQueryResult};
use ramal_extractos::Perfil;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Marker of account ids.
pub struct CuentaMarca;
/// Identifier of an account.
pub type CuentaId = Id<CuentaMarca>;

/// Whose account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaseCuenta {
    /// A bank's: what enters is customers' money or a gateway's pay-out.
    Banco,
    /// A gateway's: its lines are payments that it told already, net of its fee.
    Pasarela,
}

impl ClaseCuenta {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaseCuenta::Banco => "banco",
            ClaseCuenta::Pasarela => "pasarela",
        }
    }

    /// Reads the text.
    pub fn parse(texto: &str) -> Option<ClaseCuenta> {
        [ClaseCuenta::Banco, ClaseCuenta::Pasarela].into_iter().find(|c| c.as_str() == texto)
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CuentaBancaria {
    /// Identifier.
    pub id: CuentaId,
    /// Name for people, unique.
    pub nombre: String,
    /// Number, CLABE or CCI; empty if the files tell none.
    pub numero: String,
    /// Currency.
    pub moneda: Moneda,
    /// Whose.
    pub clase: ClaseCuenta,
    /// Gateway whose reports they are: `proveedor` of its payments.
    pub proveedor: Option<String>,
    /// How its tables are read; none for MT940, camt.053 and OFX.
    pub perfil: Option<Perfil>,
    /// Whether its statements are expected.
    pub activa: bool,
    /// Newest operation day that was read.
    pub ultima_linea: Option<Fecha>,
    /// When a statement that reached at least as far as the one before was read.
    pub al_dia: Option<Instante>,
    /// Version of the row.
    pub version: i64,
    /// When it was made.
    pub creado: Instante,
}

#[derive(FromQueryResult)]
pub(crate) struct FilaCuenta {
    pub(crate) id: CuentaId,
    pub(crate) nombre: String,
    pub(crate) numero: String,
    pub(crate) moneda: String,
    pub(crate) clase: String,
    pub(crate) proveedor: Option<String>,
    pub(crate) perfil: Option<String>,
    pub(crate) activa: bool,
    pub(crate) ultima_linea: Option<Fecha>,
    pub(crate) al_dia: Option<Instante>,
    pub(crate) version: i64,
    pub(crate) creado: Instante,
}

impl TryFrom<FilaCuenta> for CuentaBancaria {
    type Error = DbError;

    fn try_from(f: FilaCuenta) -> Result<CuentaBancaria, DbError> {
        let perfil = f.perfil.as_deref().map(Perfil::parse).transpose();
        Ok(CuentaBancaria {
            id: f.id,
            nombre: f.nombre,
            numero: f.numero,
            moneda: Moneda::parse(&f.moneda).ok_or(DbError::Corrupt("currency of a cuenta"))?,
            clase: ClaseCuenta::parse(&f.clase).ok_or(DbError::Corrupt("kind of a cuenta"))?,
            proveedor: f.proveedor,
            perfil: perfil.map_err(|_| DbError::Corrupt("profile of a cuenta"))?,
            activa: f.activa,
            ultima_linea: f.ultima_linea,
            al_dia: f.al_dia,
            version: f.version,
            creado: f.creado,
        })
    }
}
