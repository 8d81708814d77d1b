//! Ways in which a catalogue operation is refused.

use ramal_base::{CampoInvalido, Problema};
use ramal_db::DbError;

/// Why a catalogue operation was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields that were not accepted, all at once.
    #[error("{} invalid fields", .0.len())]
    Datos(Vec<CampoInvalido>), // 422 datos_invalidos
    /// Code or name belong to another thing of the catalogue.
    #[error("duplicate {0}")]
    Duplicado(&'static str), // 409 <cosa>_duplicado
    /// There is no such product.
    #[error("producto not found")]
    ProductoNotFound, // 404 producto_no_encontrado
    /// There is no such zone.
    #[error("zona not found")]
    ZonaNotFound, // 404 zona_no_encontrada
    /// There is no such promotion.
    #[error("promocion not found")]
    PromocionNotFound, // 404 promocion_no_encontrada
    /// The zone lacks a technology that the product needs.
    #[error("the zona lacks the technology of the producto")]
    TecnologiaIncompatible, // 409 tecnologia_incompatible
    /// The data layer failed.
    #[error("storage")]
    Storage(#[from] DbError),
}

impl Error {
    /// One refused field.
    pub(crate) fn campo(campo: &str, codigo: &str, motivo: &str) -> Error {
        Error::Datos(vec![CampoInvalido::new(campo, codigo, motivo)])
    }

    /// `Duplicado` of a thing if the failure is a unique key.
    pub(crate) fn taken(cosa: &'static str) -> impl Fn(DbError) -> Error {
        move |error| match error {
            DbError::Unique(_) => Error::Duplicado(cosa),
            otro => Error::Storage(otro),
        }
    }
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        let ausente =
            |codigo: &str, detalle: &str| Problema::new(404, codigo, "No encontrado", detalle);
        match error {
            Error::Datos(errores) => Problema::campos(errores),
            Error::Duplicado(cosa) => Problema::conflicto(
                &format!("{cosa}_duplicado"),
                "Ese código o nombre ya está en el catálogo. Use otro, o cambie el que existe.",
            ),
            Error::ProductoNotFound => Problema::no_encontrado("producto"),
            Error::ZonaNotFound => ausente("zona_no_encontrada", "No existe esa zona."),
            Error::PromocionNotFound => {
                ausente("promocion_no_encontrada", "No existe esa promoción.")
            }
            Error::TecnologiaIncompatible => Problema::conflicto(
                "tecnologia_incompatible",
                "La zona no tiene la tecnología que el producto necesita. Agréguela a la zona o \
                 elija otro producto.",
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
