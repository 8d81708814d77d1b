//! Ways in which a billing operation is refused.

use ramal_base::Problema;

/// Why a billing operation was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing.
    #[error("{0} not found")]
    NotFound(&'static str), // 404 <cosa>_no_encontrado
    /// The state of the factura does not allow the operation.
    #[error("factura is {0}")]
    Estado(&'static str), // 409 estado_no_permite
    /// Refused with fields or a detail of its own.
    #[error("{0}")]
    Refused(Problema),
    /// The legal document was refused.
    #[error("fiscal: {0}")]
    Fiscal(#[from] ramal_fiscal::Error),
    /// The data layer failed.
    #[error("storage: {0}")]
    Storage(#[from] ramal_db::DbError),
    /// A stage of the run stopped before the others.
    #[error("a stage of the run stopped")]
    Interrumpida,
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        match error {
            Error::NotFound(cosa) => Problema::no_encontrado(cosa),
            Error::Estado(estado) => Problema::conflicto(
                "estado_no_permite",
                format!("La factura está {estado} y no admite esta operación."),
            ),
            Error::Refused(problema) => problema,
            Error::Fiscal(e) => e.into(),
            Error::Storage(e) => e.into(),
            Error::Interrumpida => Problema::new(
                503,
                "corrida_interrumpida",
                "La corrida se interrumpió",
                "Vuelva a ejecutarla: continúa donde quedó, sin repetir nada.",
            ),
        }
    }
}
