//! Why the data layer failed. Carries no parameters, so no personal data reaches a log.

use sea_orm::{DbErr, SqlErr};

/// Failure of the data layer.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A unique key refused the row; the text names the key or its columns.
    #[error("unique key: {0}")]
    Unique(String),
    /// A row refers to one that does not exist.
    #[error("foreign key: {0}")]
    ForeignKey(String),
    /// Another transaction was in the way; the whole transaction may be tried again.
    #[error("busy")]
    Busy,
    /// Stored bytes or text are not what the program wrote.
    #[error("corrupt: {0}")]
    Corrupt(&'static str),
    /// Object storage failed.
    #[error("object storage: {0}")]
    Objetos(String),
    /// Anything else of the engine.
    #[error("storage: {0}")]
    Storage(String),
}

impl From<DbErr> for DbError {
    fn from(error: DbErr) -> DbError {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(clave)) => DbError::Unique(clave),
            Some(SqlErr::ForeignKeyConstraintViolation(clave)) => DbError::ForeignKey(clave),
            _ => classify(&error.to_string()),
        }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> DbError {
        classify(&error.to_string())
    }
}

fn classify(texto: &str) -> DbError {
    const RETRY: [&str; 5] =
        ["database is locked", "database table is locked", "40001", "40P01", "deadlock detected"];
    if RETRY.iter().any(|marca| texto.contains(marca)) {
        return DbError::Busy;
    }
    DbError::Storage(texto.to_owned())
}

impl From<DbError> for ramal_base::Problema {
    fn from(error: DbError) -> ramal_base::Problema {
        match error {
            DbError::Busy => ramal_base::Problema::new(
                503,
                "base_ocupada",
                "Servicio ocupado",
                "Otra operación larga está en curso. Vuelva a intentar en unos segundos.",
            ),
            otro => {
                tracing::error!(error = %otro, "the data layer failed");
                ramal_base::Problema::interno()
            }
        }
    }
}
