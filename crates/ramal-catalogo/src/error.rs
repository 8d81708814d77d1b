//! Ways in which a catalogue operation is refused.

use ramal_base::{CampoInvalido, Problema};

/// Why a catalogue operation was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields that were not accepted, all at once.
    #[error("{} invalid fields", .0.len())]
    Datos(Vec<CampoInvalido>), // 422 datos_invalidos
    /// Code or name belong to another thing of the catalogue.
    #[error("duplicate {0}")]
    Duplicado(&'static str), // 409 <cosa>_duplicado
    /// There is no such thing in the catalogue.
    #[error("{0} not found")]
    NotFound(&'static str), // 404 <cosa>_no_encontrado
    /// Somebody changed it since it was read.
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
            Error::Duplicado(cosa) => Problema::conflicto(
                &format!("{cosa}_duplicado"),
                format!(
                    "Ya hay un {cosa} con ese código o nombre. Use otro, o cambie el que existe."
                ),
            ),
            Error::NotFound(cosa) => Problema::no_encontrado(cosa),
            Error::Desactualizado => Problema::new(
                412,
                "version_distinta",
                "El catálogo cambió",
                "Otra persona lo cambió. Vuelva a leerlo y repita su cambio.",
            ),
            Error::Storage(e) => e.into(),
        }
    }
}
