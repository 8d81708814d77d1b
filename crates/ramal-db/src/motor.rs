//! The two engines and the few places where their SQL truly differs. Nothing else in Ramal names
//! them.

use sea_orm::DbBackend;

/// Database engine below a [`crate::Db`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motor {
    /// Embedded file in the data folder.
    Sqlite,
    /// Server given by `DATABASE_URL`.
    Postgres,
}

impl Motor {
    pub(crate) fn backend(self) -> DbBackend {
        match self {
            Motor::Sqlite => DbBackend::Sqlite,
            Motor::Postgres => DbBackend::Postgres,
        }
    }

    /// Row lock for a `SELECT` that precedes a write in the same transaction.
    ///
    /// Empty on the embedded engine, whose write transactions exclude each other from their first
    /// statement.
    pub fn for_update(self) -> &'static str {
        match self {
            Motor::Sqlite => "",
            Motor::Postgres => " FOR UPDATE",
        }
    }

    /// Row lock that passes over rows held by another worker (claims of queues).
    pub fn skip_locked(self) -> &'static str {
        match self {
            Motor::Sqlite => "",
            Motor::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Appends the placeholder of parameter `n`.
    ///
    /// The embedded engine looks every `$n` up among all the earlier ones, which is quadratic in a
    /// long statement; a bare `?` takes its turn at once.
    pub(crate) fn push_placeholder(self, sql: &mut String, n: usize) {
        match self {
            Motor::Sqlite => sql.push('?'),
            Motor::Postgres => {
                sql.push('$');
                sql.push_str(&n.to_string());
            }
        }
    }

    /// Most parameters that one statement may carry.
    pub fn max_params(self) -> usize {
        match self {
            Motor::Sqlite => 32_766,
            Motor::Postgres => 65_535,
        }
    }

    /// Name for people: `sqlite` or `postgres`.
    pub fn nombre(self) -> &'static str {
        match self {
            Motor::Sqlite => "sqlite",
            Motor::Postgres => "postgres",
        }
    }
}
