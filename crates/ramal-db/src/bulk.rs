//! Multi-row inserts: the only way to write many rows fast on both engines. Knows no table.

use sea_orm::{ConnectionTrait, Value};

use crate::consulta::statement;
use crate::{Consulta, DbError, Motor, Tx};

/// Rows for one table, written in as few statements as the engine's limits allow.
pub struct Bulk {
    tabla: &'static str,
    columnas: &'static [&'static str],
    valores: Vec<Value>,
}

/// Rows per statement: enough to be fast, few enough that the statement stays prepared from one
/// batch to the next.
const FILAS_POR_SENTENCIA: usize = 100;

impl Bulk {
    /// Empty batch for `tabla` with the given columns.
    pub fn new(tabla: &'static str, columnas: &'static [&'static str]) -> Bulk {
        Bulk { tabla, columnas, valores: Vec::new() }
    }

    /// Adds a row; it must have one value per column.
    pub fn push(&mut self, fila: impl IntoIterator<Item = Value>) {
        self.valores.extend(fila);
        assert!(
            self.valores.len().is_multiple_of(self.columnas.len()),
            "a bulk row must have one value per column"
        );
    }

    /// Rows waiting.
    pub fn len(&self) -> usize {
        self.valores.len() / self.columnas.len()
    }

    /// Whether no row waits.
    pub fn is_empty(&self) -> bool {
        self.valores.is_empty()
    }

    /// Writes all rows inside the transaction. Errors: `Unique`, `ForeignKey`, `Storage`; then none
    /// may be kept.
    pub async fn insert(self, tx: &Tx) -> Result<u64, DbError> {
        self.insert_with(tx, "").await
    }

    /// Writes all rows but those whose key is there already; gives how many went in.
    pub async fn insert_ignoring(self, tx: &Tx) -> Result<u64, DbError> {
        self.insert_with(tx, " ON CONFLICT DO NOTHING").await
    }

    /// Writes all rows; one whose key (`(a, b)`) is there already gets the given columns of the new
    /// row.
    pub async fn insert_replacing(
        self,
        tx: &Tx,
        clave: &str,
        columnas: &[&str],
    ) -> Result<u64, DbError> {
        let cambios: Vec<_> = columnas.iter().map(|c| format!("{c} = excluded.{c}")).collect();
        let cola = format!(" ON CONFLICT {clave} DO UPDATE SET {}", cambios.join(", "));
        self.insert_with(tx, &cola).await
    }

    async fn insert_with(self, tx: &Tx, cola: &str) -> Result<u64, DbError> {
        let ancho = self.columnas.len();
        let por_sentencia = (tx.motor().max_params() / ancho).clamp(1, FILAS_POR_SENTENCIA);
        let mut total = 0;
        let mut valores = self.valores;
        while !valores.is_empty() {
            let corte = (por_sentencia * ancho).min(valores.len());
            let resto = valores.split_off(corte);
            let sql = insert_sql(tx.motor(), self.tabla, self.columnas, (corte / ancho, cola));
            let hecho = tx.conexion().execute_raw(statement(tx.motor(), &sql, valores)).await?;
            total += hecho.rows_affected();
            valores = resto;
        }
        Ok(total)
    }
}

fn insert_sql(
    motor: Motor,
    tabla: &str,
    columnas: &[&str],
    (filas, cola): (usize, &str),
) -> String {
    let mut sql = format!("INSERT INTO {tabla} ({}) VALUES ", columnas.join(", "));
    sql.reserve(filas * columnas.len() * 7);
    let mut n = 0;
    for fila in 0..filas {
        sql.push_str(if fila == 0 { "(" } else { ", (" });
        for columna in 0..columnas.len() {
            n += 1;
            if columna > 0 {
                sql.push_str(", ");
            }
            motor.push_placeholder(&mut sql, n);
        }
        sql.push(')');
    }
    sql.push_str(cola);
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_count_across_rows() {
        let sql = insert_sql(Motor::Postgres, "t", &["a", "b"], (2, ""));
        assert_eq!(sql, "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)");
    }
}
