//! Ways in which an operation on an account is refused. Says nothing of whose account it is.

use ramal_base::Problema;
use ramal_db::DbError;

/// Why an operation on an account was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing.
    #[error("{0} not found")]
    NotFound(&'static str), // 404 <cosa>_no_encontrado
    /// The amount does not fit what is there.
    #[error("refused: {0}")]
    Conflict(&'static str), // 409 with the code
    /// The data layer failed.
    #[error("storage: {0}")]
    Storage(#[from] DbError),
}

/// The money of an abono does not reach.
pub const SIN_RESTO: &str = "abono_sin_resto";
/// The abono was taken back already, or still has applications.
pub const NO_VIGENTE: &str = "abono_no_vigente";

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        match error {
            Error::NotFound(cosa) => Problema::no_encontrado(cosa),
            Error::Conflict(SIN_RESTO) => Problema::conflicto(
                SIN_RESTO,
                "El dinero disponible no alcanza. Vuelva a leer la cuenta y repita.",
            ),
            Error::Conflict(codigo) => Problema::conflicto(
                codigo,
                "El abono ya no está vigente, o aún tiene importes aplicados.",
            ),
            Error::Storage(e) => e.into(),
        }
    }
}
