//! Ways in which a legal document is refused before any authority sees it.

use ramal_base::{CampoInvalido, Problema};

/// Why a fiscal operation was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The document breaks rules of its authority; each with code, field and way out.
    #[error("{} rules broken", .0.len())]
    Reglas(Vec<CampoInvalido>), // 422 comprobante_invalido
    /// The amounts cannot be computed.
    #[error("amounts: {0}")]
    Importes(String), // 422 importes_invalidos
    /// The emisor has no certificate in force.
    #[error("emisor without certificate")]
    SinCertificado, // 409 sin_certificado
    /// A certificate or key was refused.
    #[error("certificate: {0}")]
    Certificado(String), // 422 certificado_invalido
    /// There is no such document.
    #[error("comprobante not found")]
    NotFound, // 404 comprobante_no_encontrado
    /// The state does not allow the operation.
    #[error("not allowed in {0}")]
    Estado(&'static str), // 409 estado_no_permite
    /// The kind needs the UUID of a document that is not stamped yet.
    #[error("related document is not accepted yet")]
    RelacionPendiente, // 409 relacion_pendiente
    /// The data layer failed.
    #[error("storage")]
    Storage(#[from] ramal_db::DbError),
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        match error {
            Error::Reglas(errores) => Problema {
                errores,
                ..Problema::new(
                    422,
                    "comprobante_invalido",
                    "El comprobante no cumple la norma",
                    "Corrija los datos señalados; la autoridad lo rechazaría.",
                )
            },
            Error::Importes(detalle) => {
                Problema::new(422, "importes_invalidos", "Importes no válidos", detalle)
            }
            Error::SinCertificado => Problema::conflicto(
                "sin_certificado",
                "El emisor no tiene un certificado vigente. \
                 Cárguelo con `ramal emisor certificado`.",
            ),
            Error::Certificado(detalle) => {
                Problema::new(422, "certificado_invalido", "Certificado no válido", detalle)
            }
            Error::NotFound => Problema::no_encontrado("comprobante"),
            Error::Estado(estado) => Problema::conflicto(
                "estado_no_permite",
                format!("El comprobante está en estado {estado} y no admite esta operación."),
            ),
            Error::RelacionPendiente => Problema::conflicto(
                "relacion_pendiente",
                "El documento relacionado aún no fue aceptado. Espere su aceptación.",
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
