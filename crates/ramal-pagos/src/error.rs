//! Ways in which an operation on money is refused.

use ramal_base::{CampoInvalido, Problema};

/// Why an operation was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing.
    #[error("{0} not found")]
    NotFound(&'static str), // 404 <cosa>_no_encontrado
    /// The state of the payment does not allow the operation.
    #[error("P-{numero} is {estado}")]
    Estado {
        /// Printed number.
        numero: i64,
        /// The state, in words.
        estado: &'static str,
    }, // 409 estado_no_permite
    /// The reference belongs to a payment with other facts.
    #[error("the reference belongs to P-{numero}")]
    ReferenciaUsada {
        /// Printed number of the payment that has it.
        numero: i64,
    }, // 409 referencia_usada
    /// Cash needs an open shift of who takes it.
    #[error("no open turno")]
    SinTurno, // 409 caja_cerrada
    /// Refused with fields or a detail of its own.
    #[error("{0}")]
    Refused(Problema),
    /// Billing refused it.
    #[error("facturacion: {0}")]
    Facturacion(#[from] ramal_facturacion::Error),
    /// The data layer failed.
    #[error("storage: {0}")]
    Storage(#[from] ramal_db::DbError),
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        match error {
            Error::NotFound(cosa) => Problema::no_encontrado(cosa),
            Error::Estado { numero, estado } => Problema::conflicto(
                "estado_no_permite",
                format!("El pago P-{numero} está {estado} y no admite esta operación."),
            ),
            Error::ReferenciaUsada { numero } => Problema::conflicto(
                "referencia_usada",
                format!(
                    "Ese número de operación ya está en el pago P-{numero}, con otros datos. No se \
                     cobró dos veces. Si es otra operación con el mismo número, escribir también \
                     el banco: BCP 8841."
                ),
            ),
            Error::SinTurno => Problema::conflicto(
                "caja_cerrada",
                "El efectivo entra y sale por una caja abierta. Abrir la caja en Pagos, Caja, y \
                 volver a enviar.",
            ),
            Error::Refused(problema) => problema,
            Error::Facturacion(e) => e.into(),
            Error::Storage(e) => e.into(),
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

impl From<ramal_plataforma::Error> for Error {
    fn from(error: ramal_plataforma::Error) -> Error {
        Error::Refused(error.into())
    }
}

impl Error {
    /// 422 about one field.
    pub(crate) fn campo(campo: &str, codigo: &str, motivo: impl Into<String>) -> Error {
        let campo = CampoInvalido::new(campo, codigo, motivo);
        Error::Refused(Problema::campos(vec![campo]))
    }

    /// 409 with what to do.
    pub(crate) fn conflicto(codigo: &str, detalle: impl Into<String>) -> Error {
        Error::Refused(Problema::conflicto(codigo, detalle))
    }
}
