//! Ways in which an operation on a cobro is refused.

use ramal_base::{CampoInvalido, Problema};
use ramal_pasarelas::FallaPasarela;

/// Why an operation on a cobro was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing.
    #[error("{0} not found")]
    NotFound(&'static str), // 404 <cosa>_no_encontrado
    /// The state of the cobro does not allow the operation.
    #[error("cobro is {0}")]
    Estado(&'static str), // 409 estado_no_permite
    /// No gateway is configured, or not the one named.
    #[error("gateway not configured")]
    SinPasarela, // 503 pasarela_sin_configurar
    /// Refused with fields or a detail of its own.
    #[error("{0}")]
    Refused(Problema),
    /// The gateway did not do it.
    #[error("gateway: {0}")]
    Pasarela(#[from] FallaPasarela),
    /// The data layer failed.
    #[error("storage: {0}")]
    Storage(#[from] ramal_db::DbError),
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        match error {
            Error::NotFound(cosa) => Problema::no_encontrado(cosa),
            Error::Estado(estado) => Problema::conflicto(
                "estado_no_permite",
                format!("El cobro está {estado} y no admite esta operación."),
            ),
            Error::SinPasarela => Problema::new(
                503,
                "pasarela_sin_configurar",
                "Sin pasarela de cobro",
                "No hay una pasarela de cobro configurada. Quien administra puede hacerlo en \
                 Ajustes, Pagos.",
            ),
            Error::Refused(problema) => problema,
            Error::Pasarela(falla) => gateway_problem(&falla),
            Error::Storage(e) => e.into(),
        }
    }
}

/// What the caller is told when a gateway fails; its texts carry no secret.
fn gateway_problem(falla: &FallaPasarela) -> Problema {
    let (estado, codigo, titulo) = match falla {
        FallaPasarela::Reintentable { .. } => (503, "pasarela_ausente", "La pasarela no respondió"),
        FallaPasarela::Incierta { .. } => {
            (202, "pasarela_incierta", "La pasarela no confirmó todavía")
        }
        FallaPasarela::Rechazada { .. } => (409, "pasarela_rechazo", "La pasarela dijo que no"),
        FallaPasarela::Configuracion { .. } => {
            (503, "pasarela_mal_configurada", "La pasarela está mal configurada")
        }
    };
    Problema::new(estado, codigo, titulo, format!("{}.", capital(&falla.to_string())))
}

fn capital(texto: &str) -> String {
    let mut letras = texto.chars();
    letras.next().map_or_else(String::new, |c| c.to_uppercase().chain(letras).collect())
}

impl From<Error> for ramal_web::Problem {
    fn from(error: Error) -> ramal_web::Problem {
        ramal_web::Problem(error.into())
    }
}

impl From<ramal_plataforma::Error> for Error {
    fn from(error: ramal_plataforma::Error) -> Error {
        Error::Refused(error.into())
    }
}

impl From<ramal_clientes::Error> for Error {
    fn from(error: ramal_clientes::Error) -> Error {
        Error::Refused(error.into())
    }
}

impl From<ramal_facturacion::Error> for Error {
    fn from(error: ramal_facturacion::Error) -> Error {
        match error {
            ramal_facturacion::Error::Storage(e) => Error::Storage(e),
            otro => Error::Refused(otro.into()),
        }
    }
}

impl Error {
    /// 422 about one field.
    pub(crate) fn campo(campo: &str, codigo: &str, motivo: impl Into<String>) -> Error {
        Error::Refused(Problema::campos(vec![CampoInvalido::new(campo, codigo, motivo)]))
    }

    /// 409 with what to do.
    pub(crate) fn conflicto(codigo: &str, detalle: impl Into<String>) -> Error {
        Error::Refused(Problema::conflicto(codigo, detalle))
    }
}
