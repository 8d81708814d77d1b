//! Ways in which messaging refuses. Refusals of a channel are states of an envio, not errors.

use ramal_base::{CampoInvalido, Problema};

use crate::{Clase, EstadoEnvio};

/// Why an operation of messaging was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A variable that the kind needs was not given.
    #[error("{clase:?} lacks variable {nombre}")]
    FaltaVariable {
        /// The kind.
        clase: Clase,
        /// The variable.
        nombre: String,
    }, // 422 falta_variable
    /// A variable was given with another type.
    #[error("variable {nombre} is not {tipo}")]
    TipoVariable {
        /// The variable.
        nombre: String,
        /// The type that it should have.
        tipo: &'static str,
    }, // 422 tipo_variable
    /// Fields that do not pass.
    #[error("{} fields refused", .0.len())]
    Campos(Vec<CampoInvalido>), // 422 datos_invalidos
    /// There is no such notification.
    #[error("notification not found")]
    NotificacionNotFound, // 404
    /// There is no such envio.
    #[error("envio not found")]
    EnvioNotFound, // 404
    /// There is no such line of WhatsApp.
    #[error("linea not found")]
    LineaNotFound, // 404
    /// The state of the envio does not allow it.
    #[error("not allowed in {}", .0.as_str())]
    Estado(EstadoEnvio), // 409 estado_no_permite
    /// It may have arrived: repeating it takes a second word.
    #[error("may be a duplicate")]
    PuedeDuplicar, // 409 puede_duplicar
    /// Somebody changed it in between.
    #[error("stale version")]
    Version, // 409 version_distinta
    /// The platform refused.
    #[error(transparent)]
    Plataforma(#[from] ramal_plataforma::Error),
    /// The data layer failed.
    #[error("storage: {0}")]
    Storage(#[from] ramal_db::DbError),
}

impl Error {
    /// One refused field.
    pub fn campo(campo: &str, codigo: &str, motivo: impl Into<String>) -> Error {
        Error::Campos(vec![CampoInvalido::new(campo, codigo, motivo)])
    }
}

impl From<ramal_plataforma::SelloError> for Error {
    fn from(error: ramal_plataforma::SelloError) -> Error {
        Error::Plataforma(error.into())
    }
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        match error {
            Error::FaltaVariable { clase, nombre } => Problema::campos(vec![CampoInvalido::new(
                format!("variables.{nombre}"),
                "falta_variable",
                format!("A la notificación «{}» le falta la variable {nombre}.", clase.as_str()),
            )]),
            Error::TipoVariable { nombre, tipo } => Problema::campos(vec![CampoInvalido::new(
                format!("variables.{nombre}"),
                "tipo_variable",
                format!("La variable {nombre} debe ser de tipo {tipo}."),
            )]),
            Error::Campos(errores) => Problema::campos(errores),
            Error::NotificacionNotFound => no_encontrada("notificacion", "esa notificación"),
            Error::EnvioNotFound => Problema::no_encontrado("envio"),
            Error::LineaNotFound => no_encontrada("linea", "esa línea de WhatsApp"),
            Error::Estado(estado) => Problema::conflicto(
                "estado_no_permite",
                format!("El envío está en estado {} y no admite eso.", estado.as_str()),
            ),
            Error::PuedeDuplicar => Problema::conflicto(
                "puede_duplicar",
                "Ese envío pudo haber llegado. Repetirlo puede duplicar el mensaje: confirme que \
                 se quiere de todos modos.",
            ),
            Error::Version => Problema::conflicto(
                "version_distinta",
                "Otra persona lo cambió mientras tanto. Abajo está lo escrito aquí; guardar otra \
                 vez lo deja así.",
            ),
            Error::Plataforma(error) => error.into(),
            Error::Storage(error) => error.into(),
        }
    }
}

fn no_encontrada(cosa: &str, palabras: &str) -> Problema {
    let codigo = format!("{cosa}_no_encontrada");
    Problema::new(404, &codigo, "No encontrado", format!("No existe {palabras}."))
}

impl From<Error> for ramal_web::Problem {
    fn from(error: Error) -> ramal_web::Problem {
        ramal_web::Problem(error.into())
    }
}
