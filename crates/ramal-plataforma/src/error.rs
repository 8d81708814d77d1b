//! Ways in which the slice refuses. The edge alone turns them into HTTP, by the codes given here.

use ramal_base::{CampoInvalido, Problema};
use ramal_db::DbError;
use ramal_web::Problem;

use crate::SelloError;

/// Why an operation of the slice was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 404 `empresa_no_encontrada`: nothing was set up yet.
    #[error("there is no empresa yet")]
    EmpresaNotFound,
    /// 409 `empresa_existe`: there is one per database.
    #[error("there is an empresa already")]
    EmpresaExists,
    /// 404 `emisor_no_encontrado`.
    #[error("emisor not found")]
    EmisorNotFound,
    /// 409 `emisor_duplicado`: that tax number issues already.
    #[error("emisor {0} exists already")]
    EmisorExists(String),
    /// 404 `clave_no_encontrada`.
    #[error("clave not found")]
    ClaveNotFound,
    /// 409 `clave_duplicada`: a live key has that name.
    #[error("a live clave has that name")]
    ClaveExists,
    /// 422 `datos_invalidos` naming each field.
    #[error("{} fields are not valid", .0.len())]
    Campos(Vec<CampoInvalido>),
    /// 500: a sealed secret does not open, or the master key is missing.
    #[error(transparent)]
    Sello(#[from] SelloError),
    /// 500 or 503: the data layer failed.
    #[error(transparent)]
    Storage(#[from] DbError),
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        match error {
            Error::EmpresaNotFound => Problema::new(
                404,
                "empresa_no_encontrada",
                "No encontrada",
                "Todavía no hay empresa. Créela con «ramal init».",
            ),
            Error::EmpresaExists => {
                Problema::conflicto("empresa_existe", "Ya hay una empresa en estos datos.")
            }
            Error::EmisorNotFound => Problema::no_encontrado("emisor"),
            Error::EmisorExists(_) => Problema::conflicto(
                "emisor_duplicado",
                "Ese RFC o RUC ya está dado de alta como emisor.",
            ),
            Error::ClaveNotFound => Problema::new(
                404,
                "clave_no_encontrada",
                "No encontrada",
                "No existe esa clave de API.",
            ),
            Error::ClaveExists => Problema::conflicto(
                "clave_duplicada",
                "Hay una clave vigente con ese nombre. Elija otro o revoque la anterior.",
            ),
            Error::Campos(campos) => Problema::campos(campos),
            Error::Sello(error) => {
                tracing::error!(error = %error, "a sealed secret could not be used");
                Problema::interno()
            }
            Error::Storage(error) => error.into(),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem(error.into())
    }
}
