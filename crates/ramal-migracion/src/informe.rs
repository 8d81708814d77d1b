//! What an import tells at its end: the contract for scripts first, the verification after. It is
//! computed elsewhere.

use ramal_base::Fecha;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::defecto::Defecto;

/// Report of an import or of its rehearsal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Informe {
    /// Batch; the same content, profile and emisor always give the same one.
    pub lote: Uuid,
    /// Rows that the source holds, without the header and blank lines.
    pub filas: u64,
    /// Rows that went in now.
    pub importadas: u64,
    /// Customers made now.
    pub clientes: u64,
    /// Services made now.
    pub servicios: u64,
    /// Why rows stayed out, by line; a row with several defects has several entries.
    pub rechazadas: Vec<Defecto>,
    /// What rows went in without, by line.
    pub avisos: Vec<Defecto>,
    /// Sum of the prices of the active services of the source that are in, in minor units.
    pub suma_centavos_activos: i64,
    /// Whether nothing was written.
    pub simulado: bool,
    /// Rows that an earlier run had brought in.
    pub ya_importadas: u64,
    /// Rows that stayed out.
    pub filas_rechazadas: u64,
    /// Currency of the sums, ISO code.
    pub moneda: String,
    /// Profile.
    pub perfil: String,
    /// Name of the source.
    pub archivo: String,
    /// RFC or RUC of the emisor.
    pub emisor: String,
    /// What fell before this day counts as billed by the old system.
    #[schema(value_type = String, format = Date)]
    pub al: Fecha,
    /// Source against database.
    pub verificacion: Verificacion,
}

/// Proof that nothing was lost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Verificacion {
    /// What this emisor and profile had brought in before this run.
    pub antes: Totales,
    /// The same after it; in a rehearsal, what it would be.
    pub despues: Totales,
    /// Good rows of the source, by period and state.
    pub archivo: Vec<Grupo>,
    /// The same services as the database has them now; empty in a rehearsal.
    pub base: Vec<Grupo>,
    /// Services that somebody changed or ended since they came in; in neither list.
    pub modificados: u64,
    /// Whether every row is accounted for and both lists are equal.
    pub cuadra: bool,
}

/// Counts of what was imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totales {
    /// Customers.
    pub clientes: u64,
    /// Services.
    pub servicios: u64,
}

/// Services of one period and state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Grupo {
    /// Length of the period.
    #[schema(example = "mensual")]
    pub periodo: String,
    /// State.
    #[schema(example = "activo")]
    pub estado: String,
    /// How many.
    pub servicios: u64,
    /// Sum of their prices, minor units.
    pub suma_centavos: i64,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avance {
    /// Rows read.
    pub filas: u64,
    /// Rows that went in now.
    pub importadas: u64,
    /// Rows that stayed out.
    pub rechazadas: u64,
}
