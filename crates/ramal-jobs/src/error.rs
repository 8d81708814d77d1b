//! What a handler answers when it could not do its job. It says what happens next, not who is to
//! blame.

use std::fmt::Display;

use ramal_db::DbError;

/// Why a run of a job did not end well, and what follows.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Try again later, until the handler's `max_intentos`.
    #[error("retry: {motivo}")]
    Retry {
        /// Reason, shown to the operator; carries no secrets.
        motivo: String,
        /// Milliseconds to wait, when the other side said how long; otherwise the handler's
        /// back-off.
        despues_ms: Option<i64>,
    },
    /// Trying again cannot help: the job becomes a dead letter at once.
    #[error("fail: {motivo}")]
    Fail {
        /// Reason, shown to the operator; carries no secrets.
        motivo: String,
    },
}

impl JobError {
    /// Try again after the handler's own back-off.
    pub fn retry(motivo: impl Display) -> JobError {
        JobError::Retry { motivo: motivo.to_string(), despues_ms: None }
    }

    /// Try again after `despues_ms` milliseconds.
    pub fn retry_after(motivo: impl Display, despues_ms: i64) -> JobError {
        JobError::Retry { motivo: motivo.to_string(), despues_ms: Some(despues_ms) }
    }

    /// Give up; the job stays visible as a dead letter.
    pub fn fail(motivo: impl Display) -> JobError {
        JobError::Fail { motivo: motivo.to_string() }
    }
}

impl From<DbError> for JobError {
    fn from(error: DbError) -> JobError {
        JobError::retry(error)
    }
}
