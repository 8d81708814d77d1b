//! SQL of the slice. Nothing outside writes its tables; those of others are read only.

pub mod avisos;
pub mod cortes;
pub mod deuda;
pub mod episodios;
pub mod morosos;
pub mod pasadas;
pub mod pausas;
pub mod politicas;
pub mod promesas;
pub mod recargos;
pub mod red;

use ramal_db::Value;
use ramal_db::consulta::placeholders;
use uuid::Uuid;

/// `IN` list of ids whose placeholders begin at `$desde`, and the values to append.
pub(crate) fn ids_in(desde: usize, ids: &[Uuid]) -> (String, Vec<Value>) {
    (placeholders(desde, ids.len()), ids.iter().map(|id| Value::from(*id)).collect())
}
