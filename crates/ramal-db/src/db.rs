//! Opening the database and beginning transactions. One writer on the embedded engine, a pool on
//! the server.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, SqliteTransactionMode, SqlxPostgresConnector,
    SqlxSqliteConnector, TransactionOptions, TransactionTrait,
};
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::{Consulta, DbError, Migracion, Motor, Tx, migracion};

/// Where the data lies.
#[derive(Clone, Debug)]
pub enum DbOptions {
    /// Embedded file `ramal.db` in this folder.
    Carpeta(PathBuf),
    /// Server, `postgres://…`.
    Url(String),
}

/// Open database: readers and writer.
#[derive(Clone)]
pub struct Db {
    lector: DatabaseConnection,
    escritor: DatabaseConnection,
    motor: Motor,
}

impl Consulta for Db {
    fn conexion(&self) -> &(impl ConnectionTrait + Send) {
        &self.lector
    }

    fn motor(&self) -> Motor {
        self.motor
    }
}

const ESPERA_BLOQUEO: Duration = Duration::from_secs(60);

impl Db {
    /// Opens the database, making the embedded file if it is missing. Errors: `Storage`.
    pub async fn open(options: &DbOptions) -> Result<Db, DbError> {
        match options {
            DbOptions::Carpeta(carpeta) => Db::open_sqlite(carpeta).await,
            DbOptions::Url(url) => Db::open_postgres(url).await,
        }
    }

    async fn open_sqlite(carpeta: &Path) -> Result<Db, DbError> {
        std::fs::create_dir_all(carpeta)
            .map_err(|e| DbError::Storage(format!("cannot make the data folder: {e}")))?;
        let options = SqliteConnectOptions::new()
            .filename(carpeta.join("ramal.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(ESPERA_BLOQUEO)
            .statement_cache_capacity(200)
            .pragma("cache_size", "-16384")
            .pragma("temp_store", "memory")
            .pragma("journal_size_limit", "67108864")
            .pragma("wal_autocheckpoint", "4000")
            .disable_statement_logging();
        let escritor = sqlite_pool(options.clone(), 1).await?;
        let lector = sqlite_pool(options, 4).await?;
        Ok(Db { lector, escritor, motor: Motor::Sqlite })
    }

    async fn open_postgres(url: &str) -> Result<Db, DbError> {
        let options: PgConnectOptions = url
            .parse()
            .map_err(|_| DbError::Storage("DATABASE_URL is not a postgres:// address".into()))?;
        let options = options.disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(10)
            .acquire_timeout(ESPERA_BLOQUEO)
            .connect_with(options)
            .await?;
        let conexion = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        Ok(Db { lector: conexion.clone(), escritor: conexion, motor: Motor::Postgres })
    }

    /// Begins a write transaction; on the embedded engine it waits for the writer and holds it.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        let options = TransactionOptions {
            isolation_level: None,
            access_mode: None,
            sqlite_transaction_mode: match self.motor {
                Motor::Sqlite => Some(SqliteTransactionMode::Immediate),
                Motor::Postgres => None,
            },
        };
        Ok(Tx::new(self.escritor.begin_with_options(options).await?, self.motor))
    }

    /// Applies the missing migrations of all slices, in the order of their ids.
    pub async fn migrate(&self, todas: &[&[Migracion]]) -> Result<Vec<&'static str>, DbError> {
        migracion::apply(self, todas).await
    }

    /// Closes every connection; the embedded file is left without pending pages.
    pub async fn close(self) -> Result<(), DbError> {
        self.lector.close().await?;
        self.escritor.close().await.map_err(DbError::from)
    }
}

async fn sqlite_pool(options: SqliteConnectOptions, n: u32) -> Result<DatabaseConnection, DbError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(n)
        .min_connections(1)
        .acquire_timeout(ESPERA_BLOQUEO)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}
