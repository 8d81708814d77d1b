//! Why an import, or taking one back, was refused. Defects of single rows are not errors: they are
//! in the report.

use ramal_base::Problema;
use ramal_db::DbError;

/// Ways in which the whole operation is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No profile has that name and no file is there; the text says what was looked for.
    #[error("no existe el perfil «{0}»; use seed003, panel o la ruta de un archivo .toml")]
    PerfilNotFound(String),
    /// The profile cannot be used; the text says why.
    #[error("el perfil no sirve: {0}")]
    Perfil(String),
    /// The source cannot be read.
    #[error("no se puede leer el origen: {0}")]
    Lectura(String),
    /// The database of origin is of an engine without driver.
    #[error(
        "no hay controlador de MySQL en este programa: exporte la tabla clientes a CSV con sus \
         mismas columnas e impórtela con --perfil seed003"
    )]
    MotorNoSoportado,
    /// The header lacks columns of the profile.
    #[error("al archivo le faltan columnas del perfil: {}", .0.join(", "))]
    ColumnasFaltantes(Vec<String>),
    /// No emisor fits.
    #[error("no hay un emisor {0}; créelo con «ramal init» o indique otro con --emisor")]
    SinEmisor(String),
    /// Several emisores fit; they are listed.
    #[error("hay varios emisores posibles: {}; elija uno con --emisor", .0.join(", "))]
    EmisorAmbiguo(Vec<String>),
    /// The chosen emisor is of another country than the profile.
    #[error("el emisor {emisor} es de {pais}, y el perfil es de {esperado}")]
    EmisorDeOtroPais {
        /// RFC or RUC.
        emisor: String,
        /// Its country.
        pais: &'static str,
        /// Country of the profile.
        esperado: &'static str,
    },
    /// Another process imports the same rows now.
    #[error("otra importación de los mismos datos está en curso; espere a que termine y repita")]
    EnCurso,
    /// There is no such batch.
    #[error("no existe el lote {0}")]
    LoteNotFound(uuid::Uuid),
    /// Something was billed on the batch; printed numbers of the services.
    #[error("el lote ya tiene cargos en {} servicios ({}); anule primero esas facturas",
        .0.len(), listed(.0))]
    LoteFacturado(Vec<String>),
    /// Customers of the batch have things that the batch did not bring.
    #[error(
        "clientes del lote tienen datos posteriores (otros servicios o contratos); retírelos \
         primero"
    )]
    LoteEnUso,
    /// The data layer failed.
    #[error(transparent)]
    Storage(#[from] DbError),
}

/// The first ones of a long list, for a message that is read on a terminal.
fn listed(numeros: &[String]) -> String {
    const MUESTRA: usize = 20;
    let resto = numeros.len().saturating_sub(MUESTRA);
    let inicio = numeros.iter().take(MUESTRA).cloned().collect::<Vec<_>>().join(", ");
    if resto == 0 { inicio } else { format!("{inicio} y {resto} más") }
}

impl From<ramal_catalogo::Error> for Error {
    fn from(error: ramal_catalogo::Error) -> Error {
        match error {
            ramal_catalogo::Error::Storage(e) => Error::Storage(e),
            otro => Error::Lectura(otro.to_string()),
        }
    }
}

impl From<ramal_plataforma::Error> for Error {
    fn from(error: ramal_plataforma::Error) -> Error {
        match error {
            ramal_plataforma::Error::Storage(e) => Error::Storage(e),
            otro => Error::Lectura(otro.to_string()),
        }
    }
}

impl Error {
    /// The error as a sentence of a page: with a capital letter and a full stop.
    pub fn sentence(&self) -> String {
        let texto = self.to_string();
        let mut letras = texto.chars();
        let inicio = letras.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        format!("{inicio}{}.", letras.as_str().trim_end_matches('.'))
    }

    /// Stable code on the wire.
    pub fn codigo(&self) -> &'static str {
        match self {
            Error::PerfilNotFound(_) => "perfil_no_encontrado",
            Error::Perfil(_) => "perfil_invalido",
            Error::Lectura(_) => "origen_ilegible",
            Error::MotorNoSoportado => "motor_no_soportado",
            Error::ColumnasFaltantes(_) => "columnas_faltantes",
            Error::SinEmisor(_) => "emisor_no_encontrado",
            Error::EmisorAmbiguo(_) => "emisor_ambiguo",
            Error::EmisorDeOtroPais { .. } => "emisor_de_otro_pais",
            Error::EnCurso => "importacion_en_curso",
            Error::LoteNotFound(_) => "lote_no_encontrado",
            Error::LoteFacturado(_) => "lote_facturado",
            Error::LoteEnUso => "lote_en_uso",
            Error::Storage(_) => "interno",
        }
    }
}

impl From<Error> for Problema {
    fn from(error: Error) -> Problema {
        let codigo = error.codigo();
        match error {
            Error::Storage(e) => e.into(),
            Error::LoteNotFound(_) => Problema::no_encontrado("lote"),
            Error::EnCurso | Error::LoteFacturado(_) | Error::LoteEnUso => {
                Problema::conflicto(codigo, error.to_string())
            }
            otro => Problema::new(422, codigo, "Importación rechazada", otro.to_string()),
        }
    }
}
