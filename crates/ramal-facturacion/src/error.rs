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

impl From<Error> for ramal_web::Problem {
    fn from(error: Error) -> ramal_web::Problem {
        ramal_web::Problem(error.into())
    }
}

impl From<ramal_clientes::Error> for Error {
    fn from(error: ramal_clientes::Error) -> Error {
        Error::Refused(error.into())
    }
}

impl From<ramal_cuenta::Error> for Error {
    fn from(error: ramal_cuenta::Error) -> Error {
        match error {
            ramal_cuenta::Error::Storage(e) => Error::Storage(e),
            otro => Error::Refused(otro.into()),
        }
    }
}

impl From<ramal_plataforma::Error> for Error {
    fn from(error: ramal_plataforma::Error) -> Error {
        Error::Refused(error.into())
    }
}

impl Error {
    /// 422 about one field.
    pub(crate) fn campo(campo: &str, codigo: &str, motivo: impl Into<String>) -> Error {
        let campo = ramal_base::CampoInvalido::new(campo, codigo, motivo);
        Error::Refused(Problema::campos(vec![campo]))
    }

    /// 409 with what to do.
    pub(crate) fn conflicto(codigo: &str, detalle: impl Into<String>) -> Error {
        Error::Refused(Problema::conflicto(codigo, detalle))
    }
}
