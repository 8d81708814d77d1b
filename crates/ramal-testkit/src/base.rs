//! An empty database of one engine, made for one test and gone after it. Holds no data of its own.

use ramal_base::Cx;
use ramal_db::{Db, DbError, DbOptions, Migracion};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

/// Environment name of the server's address; the test makes its own database there.
pub const VARIABLE: &str = "RAMAL_TEST_POSTGRES";

/// The database of a test, open, and how to open it once more (as a second process would).
#[derive(Clone)]
pub struct Base {
    /// Open and migrated.
    pub db: Db,
    /// What to give to `Db::open` for another set of connections.
    pub options: DbOptions,
}

/// What a test may ask for as its argument.
pub trait Argumento: Send + 'static {
    /// Takes it out of the test's database.
    fn from_base(base: &Base) -> Self;
}

impl Argumento for Base {
    fn from_base(base: &Base) -> Base {
        base.clone()
    }
}

impl Argumento for Db {
    fn from_base(base: &Base) -> Db {
        base.db.clone()
    }
}

impl Base {
    async fn open(options: DbOptions, migraciones: &[&[Migracion]]) -> Result<Base, DbError> {
        let db = Db::open(&options).await?;
        db.migrate(migraciones).await?;
        Ok(Base { db, options })
    }

    /// Database in the embedded file of a folder.
    pub(crate) async fn sqlite(
        carpeta: &TempDir,
        migraciones: &[&[Migracion]],
    ) -> Result<Base, DbError> {
        Base::open(DbOptions::Carpeta(carpeta.path().to_owned()), migraciones).await
    }

    /// Database of a server.
    pub(crate) async fn postgres(
        url: String,
        migraciones: &[&[Migracion]],
    ) -> Result<Base, DbError> {
        Base::open(DbOptions::Url(url), migraciones).await
    }
}

/// A database of a server under a name that no other test has.
pub(crate) struct Efimera {
    servidor: String,
    nombre: String,
}

impl Efimera {
    pub(crate) async fn create(servidor: &str) -> Result<Efimera, DbError> {
        let id = Cx::system("prueba").new_id::<()>().uuid().simple().to_string();
        let efimera = Efimera { servidor: servidor.to_owned(), nombre: format!("ramal_{id}") };
        efimera.command(&format!("CREATE DATABASE {}", efimera.nombre)).await?;
        Ok(efimera)
    }

    /// Address of the database: the server's, with the path replaced.
    pub(crate) fn url(&self) -> String {
        let (inicio, consulta) = match self.servidor.split_once('?') {
            Some((inicio, consulta)) => (inicio, format!("?{consulta}")),
            None => (self.servidor.as_str(), String::new()),
        };
        let host = inicio.find("://").map_or(0, |i| i + 3);
        let fin = inicio[host..].find('/').map_or(inicio.len(), |i| host + i);
        format!("{}/{}{consulta}", &inicio[..fin], self.nombre)
    }

    pub(crate) async fn discard(self) -> Result<(), DbError> {
        self.command(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.nombre)).await
    }

    async fn command(&self, sql: &str) -> Result<(), DbError> {
        let mut conexion = PgConnection::connect(&self.servidor).await?;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conexion).await?;
        conexion.close().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_keeps_server_user_and_options() {
        let casos = [
            ("postgres://u:p@h:5433/postgres", "postgres://u:p@h:5433/n"),
            ("postgres://h", "postgres://h/n"),
            ("postgres://h/x?sslmode=disable", "postgres://h/n?sslmode=disable"),
        ];
        for (servidor, esperado) in casos {
            let efimera = Efimera { servidor: servidor.into(), nombre: "n".into() };
            assert_eq!(efimera.url(), esperado);
        }
    }
}
