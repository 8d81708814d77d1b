//! A write transaction. Who began it commits it, visibly; dropped without commit, nothing happened.

use ramal_base::{Cx, Id};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Value};

use crate::consulta::{placeholders, statement};
use crate::evento::{EventoMarca, Eventos};
use crate::{Consulta, DbError, Evento, Motor};

/// Write transaction on either engine.
pub struct Tx {
    inner: DatabaseTransaction,
    motor: Motor,
}

impl Consulta for Tx {
    fn conexion(&self) -> &(impl ConnectionTrait + Send) {
        &self.inner
    }

    fn motor(&self) -> Motor {
        self.motor
    }
}

impl Tx {
    pub(crate) fn new(inner: DatabaseTransaction, motor: Motor) -> Tx {
        Tx { inner, motor }
    }

    /// Runs a statement and gives the rows that it touched.
    pub async fn exec(&self, sql: &str, params: Vec<Value>) -> Result<u64, DbError> {
        let hecho = self.inner.execute_raw(statement(self.motor, sql, params)).await?;
        Ok(hecho.rows_affected())
    }

    /// Writes an event in the outbox, in this transaction.
    pub async fn emit<E: Evento>(&self, cx: &Cx, evento: &E) -> Result<(), DbError> {
        let mut lote = Eventos::default();
        lote.push(cx, evento)?;
        lote.insert(self).await
    }

    /// Marks events as published and names those that no other process had marked in between.
    pub async fn mark_published(
        &self,
        ids: &[Id<EventoMarca>],
    ) -> Result<Vec<Id<EventoMarca>>, DbError> {
        let sql = format!(
            "WITH nuestros AS MATERIALIZED (SELECT id FROM eventos \
                 WHERE publicado = FALSE AND id IN {}{}) \
             UPDATE eventos SET publicado = TRUE WHERE id IN (SELECT id FROM nuestros) \
             RETURNING id",
            placeholders(1, ids.len()),
            self.motor.skip_locked()
        );
        self.column(&sql, ids.iter().map(|id| Value::from(*id)).collect()).await
    }

    /// Takes `n` numbers without gaps from the named counter and gives the first; counters begin at
    /// 1.
    ///
    /// The counter's row stays locked until the end of the transaction, so a rollback gives the
    /// numbers back.
    pub async fn take_numbers(&self, nombre: &str, n: i64) -> Result<i64, DbError> {
        const SQL: &str = "INSERT INTO correlativos (nombre, siguiente) VALUES ($1, $2) \
            ON CONFLICT (nombre) DO UPDATE SET siguiente = correlativos.siguiente + $3 \
            RETURNING siguiente";
        let params = vec![Value::from(nombre), Value::from(1 + n), Value::from(n)];
        let siguiente: Option<i64> = self.scalar(SQL, params).await?;
        Ok(siguiente.ok_or(DbError::Corrupt("counter gave no number"))? - n)
    }

    /// Makes the changes last.
    pub async fn commit(self) -> Result<(), DbError> {
        self.inner.commit().await.map_err(DbError::from)
    }

    /// Forgets the changes.
    pub async fn rollback(self) -> Result<(), DbError> {
        self.inner.rollback().await.map_err(DbError::from)
    }
}
