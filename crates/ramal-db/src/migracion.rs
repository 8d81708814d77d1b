//! Migrations: SQL text of each slice, applied once, in order, each in its own transaction. Never
//! edited once released.

use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};

use crate::{Consulta, Db, DbError, Motor, params};

/// One step of the schema. Ids sort by time across slices.
#[derive(Clone, Copy, Debug)]
pub struct Migracion {
    /// `AAAAMMDD_HHMM_nombre`, unique in the program.
    pub id: &'static str,
    /// Statements that both engines accept, separated by `;`.
    pub sql: &'static str,
    /// Statements for the server engine where the dialects truly differ.
    pub postgres: Option<&'static str>,
}

impl Migracion {
    fn texto(&self, motor: Motor) -> &'static str {
        match motor {
            Motor::Postgres => self.postgres.unwrap_or(self.sql),
            Motor::Sqlite => self.sql,
        }
    }
}

const TABLA: &str = "CREATE TABLE IF NOT EXISTS migraciones (\
    id TEXT NOT NULL PRIMARY KEY, huella TEXT NOT NULL)";

/// Applies what is missing and gives the ids applied now.
///
/// Errors: `Corrupt` if an applied migration's text has changed since; `Storage`.
pub async fn apply(db: &Db, todas: &[&[Migracion]]) -> Result<Vec<&'static str>, DbError> {
    let mut lista: Vec<Migracion> = todas.iter().flat_map(|m| m.iter().copied()).collect();
    lista.sort_by_key(|m| m.id);
    if make_table(db).await.is_err() {
        // On the server, of two processes that make it at once one is refused; now it is there.
        make_table(db).await?;
    }
    let mut hechas = Vec::new();
    for paso in lista {
        if apply_one(db, &paso).await? {
            hechas.push(paso.id);
        }
    }
    Ok(hechas)
}

async fn make_table(db: &Db) -> Result<(), DbError> {
    let tx = db.begin().await?;
    tx.conexion().execute_unprepared(TABLA).await?;
    tx.commit().await
}

/// The row comes before the change: a process that starts together with another waits at its key.
async fn apply_one(db: &Db, paso: &Migracion) -> Result<bool, DbError> {
    let texto = paso.texto(db.motor());
    let huella = hex::encode(Sha256::digest(texto.as_bytes()));
    let tx = db.begin().await?;
    let sql = "INSERT INTO migraciones (id, huella) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    if tx.exec(sql, params![paso.id, huella.clone()]).await? == 0 {
        let sql = "SELECT huella FROM migraciones WHERE id = $1";
        let anterior: Option<String> = tx.scalar(sql, params![paso.id]).await?;
        let igual = anterior.as_deref() == Some(huella.as_str());
        return if igual { Ok(false) } else { Err(DbError::Corrupt("a migration changed")) };
    }
    tx.conexion().execute_unprepared(texto).await?;
    tx.commit().await?;
    Ok(true)
}
