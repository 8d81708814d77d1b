//! Ways in which a reconciliation is refused.

use ramal_base::{CampoInvalido, Problema};

/// Why an operation was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing.
    #[error("{0} not found")]
    NotFound(&'static str), // 404 <cosa>_no_encontrado
    /// The line was resolved by somebody else.
    #[error("the renglon is {0}")]
    RenglonResuelto(&'static str), // 409 renglon_resuelto
    /// The lote does not allow it.
    #[error("the lote is {0}")]
    EstadoLote(&'static str), // 409 lote_no_permite
    /// The proof was reviewed already.
    #[error("the comprobante is {0}")]
    ComprobanteRevisado(&'static str), // 409 comprobante_revisado
    /// Somebody changed it in between.
    #[error("stale")]
    Desactualizado, // 409 version_desactualizada
    /// Refused with fields or a detail of its own.
    #[error("{0}")]
    Refused(Problema),
    /// The payment was refused.
    #[error("pagos: {0}")]
    Pagos(#[from] ramal_pagos::Error),
    /// The data layer failed.
    #[error("storage: {0}")]
    Storage(#[from] ramal_db::DbError),
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        match error {
            Error::NotFound(cosa) => Problema::no_encontrado(cosa),
            Error::RenglonResuelto(estado) => Problema::conflicto(
                "renglon_resuelto",
                format!(
                    "Otra persona ya resolvió este movimiento: está {estado}. No se pagó dos \
                    veces."
                ),
            ),
            Error::EstadoLote(estado) => Problema::conflicto(
                "lote_no_permite",
                format!("El lote está {estado} y no admite esta operación."),
            ),
            Error::ComprobanteRevisado(estado) => Problema::conflicto(
                "comprobante_revisado",
                format!("El comprobante ya está {estado}. No se cobró dos veces."),
            ),
            Error::Desactualizado => Problema::conflicto(
                "version_desactualizada",
                "Otra persona guardó cambios en el medio. Revisar cómo quedó y volver a enviar.",
            ),
            Error::Refused(problema) => problema,
            Error::Pagos(e) => e.into(),
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
        match error {
            ramal_clientes::Error::Storage(e) => Error::Storage(e),
            otro => Error::Refused(otro.into()),
        }
    }
}

impl From<ramal_facturacion::Error> for Error {
    fn from(error: ramal_facturacion::Error) -> Error {
        Error::Pagos(error.into())
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

    /// Whether trying again later may help.
    pub(crate) fn is_passing(&self) -> bool {
        use ramal_pagos::Error as Pagos;
        matches!(self, Error::Storage(_) | Error::Pagos(Pagos::Storage(_)))
            || matches!(
                self,
                Error::Pagos(Pagos::Facturacion(ramal_facturacion::Error::Storage(_)))
            )
    }
}
