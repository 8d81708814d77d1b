//! Ways in which a customer operation is refused.

use ramal_base::{CampoInvalido, Problema};

use crate::ClienteId;

/// Why a customer operation was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields that were not accepted, all at once.
    #[error("{} invalid fields", .0.len())]
    Datos(Vec<CampoInvalido>), // 422 datos_invalidos
    /// The identity belongs to a customer already.
    #[error("identity already belongs to a cliente")]
    Duplicado, // 409 cliente_duplicado
    /// There is no such customer.
    #[error("cliente {0} not found")]
    NotFound(ClienteId), // 404 cliente_no_encontrado
    /// No customer has that printed number.
    #[error("cliente {0} not found")]
    ReferenciaNotFound(String), // 404 cliente_no_encontrado
    /// Somebody changed the customer since it was read.
    #[error("stale version")]
    Desactualizado, // 412 version_distinta
    /// The data layer failed.
    #[error("storage")]
    Storage(#[from] ramal_db::DbError),
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        match error {
            Error::Datos(errores) => Problema::campos(errores),
            Error::Duplicado => Problema::conflicto(
                "cliente_duplicado",
                "Ya hay un cliente con ese documento. Búsquelo por su número y agregue ahí el \
                 servicio.",
            ),
            Error::NotFound(_) | Error::ReferenciaNotFound(_) => Problema::no_encontrado("cliente"),
            Error::Desactualizado => Problema::new(
                412,
                "version_distinta",
                "El cliente cambió",
                "Otra persona cambió este cliente. Vuelva a leerlo y repita su cambio.",
            ),
            Error::Storage(e) => e.into(),
        }
    }
}

impl From<Error> for ramal_web::Problem {
    fn from(error: Error) -> ramal_web::Problem {
        ramal_web::Problem(error.into())
    }
}
