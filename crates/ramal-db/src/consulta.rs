//! Reading, the same from the pool and from inside a transaction. Writes nothing.

use std::future::Future;

use sea_orm::{ConnectionTrait, FromQueryResult, Statement, TryGetable, Value};

use crate::{DbError, Motor};

/// Something that can be asked: the reader pool ([`crate::Db`]) or a transaction ([`crate::Tx`]).
///
/// SQL uses `$1` placeholders and lists its columns; both engines must accept it.
pub trait Consulta: Sync {
    /// Connection that answers.
    #[doc(hidden)]
    fn conexion(&self) -> &(impl ConnectionTrait + Send);

    /// Engine below, for the few statements that differ.
    fn motor(&self) -> Motor;

    /// All rows.
    fn all<T: FromQueryResult + Send>(
        &self,
        sql: &str,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<T>, DbError>> + Send {
        async move {
            let filas = self.conexion().query_all_raw(statement(self.motor(), sql, params)).await?;
            filas.iter().map(|f| T::from_query_result(f, "").map_err(DbError::from)).collect()
        }
    }

    /// The first row, if any.
    fn opt<T: FromQueryResult + Send>(
        &self,
        sql: &str,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<Option<T>, DbError>> + Send {
        async move {
            let fila = self.conexion().query_one_raw(statement(self.motor(), sql, params)).await?;
            fila.map(|f| T::from_query_result(&f, "").map_err(DbError::from)).transpose()
        }
    }

    /// The first column of the first row, if there is a row and it is not null.
    fn scalar<T: TryGetable + Send>(
        &self,
        sql: &str,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<Option<T>, DbError>> + Send {
        async move {
            let fila = self.conexion().query_one_raw(statement(self.motor(), sql, params)).await?;
            match fila {
                None => Ok(None),
                Some(f) => Ok(f.try_get_by_index::<Option<T>>(0)?),
            }
        }
    }

    /// The first column of every row.
    fn column<T: TryGetable + Send>(
        &self,
        sql: &str,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<T>, DbError>> + Send {
        async move {
            let filas = self.conexion().query_all_raw(statement(self.motor(), sql, params)).await?;
            filas.iter().map(|f| f.try_get_by_index::<T>(0).map_err(DbError::from)).collect()
        }
    }
}

pub(crate) fn statement(motor: Motor, sql: &str, params: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(motor.backend(), sql, params)
}

/// `($1, $2, …)` with `n` placeholders that begin at `$desde`, for an `IN` list.
pub fn placeholders(desde: usize, n: usize) -> String {
    let lista: Vec<String> = (desde..desde + n).map(|i| format!("${i}")).collect();
    format!("({})", lista.join(", "))
}
