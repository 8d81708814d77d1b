//! Rows of a table in the database of another system, as text, each with the line that it would
//! have in an export. Opens them for reading only and keeps nothing open.
// tidy: allow-file(engine) reads the databases of other systems

use std::path::Path;

use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};

use crate::Error;
use crate::lectura::{FilaCruda, Rotura};
use crate::perfil::Perfil;

/// Reads the table of the profile in a SQLite file. Errors: `Lectura`, `Perfil`.
pub async fn read_sqlite(ruta: &Path, perfil: &Perfil) -> Result<Vec<FilaCruda>, Error> {
    let options = SqliteConnectOptions::new().filename(ruta).read_only(true);
    let mut conexion = options.connect().await.map_err(unreadable)?;
    let sql = select(perfil)?;
    let filas = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut conexion).await;
    let _ = conexion.close().await;
    let filas = filas.map_err(unreadable)?;
    filas.iter().zip(2..).map(|(f, linea)| row(perfil, linea, |i| sqlite_cell(f, i))).collect()
}

/// Reads the table of the profile in a PostgreSQL database. Errors: `Lectura`, `Perfil`.
pub async fn read_postgres(url: &str, perfil: &Perfil) -> Result<Vec<FilaCruda>, Error> {
    let options: PgConnectOptions = url.parse().map_err(|_| bad_address())?;
    let mut conexion = options.connect().await.map_err(unreadable)?;
    let sql = select(perfil)?;
    let filas = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut conexion).await;
    let _ = conexion.close().await;
    let filas = filas.map_err(unreadable)?;
    filas.iter().zip(2..).map(|(f, linea)| row(perfil, linea, |i| postgres_cell(f, i))).collect()
}

fn bad_address() -> Error {
    Error::Lectura("la dirección debe ser postgres://usuario:clave@servidor/base".into())
}

/// The driver's message names tables and columns, never the address.
fn unreadable(error: sqlx::Error) -> Error {
    Error::Lectura(error.to_string())
}

/// The columns of the profile as text, in the order in which they were recorded.
fn select(perfil: &Perfil) -> Result<String, Error> {
    let tabla = perfil.tabla.as_deref();
    let tabla = tabla.ok_or_else(|| Error::Perfil("falta «tabla» para leer una base".into()))?;
    let columnas: Result<Vec<String>, Error> = perfil
        .required_columns()
        .iter()
        .map(|c| Ok(format!("CAST(o.{} AS TEXT)", quoted(c)?)))
        .collect();
    let orden = quoted(&perfil.referencia[0])?;
    let (columnas, tabla) = (columnas?.join(", "), quoted(tabla)?);
    // With the prefix it is the column that orders, not the text of the same name.
    Ok(format!("SELECT {columnas} FROM {tabla} o ORDER BY o.{orden}"))
}

fn quoted(nombre: &str) -> Result<String, Error> {
    if nombre.is_empty() || nombre.contains(['"', '\0']) {
        return Err(Error::Perfil(format!("«{nombre}» no puede ser el nombre de una columna")));
    }
    Ok(format!("\"{nombre}\""))
}

fn sqlite_cell(fila: &SqliteRow, i: usize) -> Result<Option<String>, sqlx::Error> {
    fila.try_get(i)
}

fn postgres_cell(fila: &PgRow, i: usize) -> Result<Option<String>, sqlx::Error> {
    fila.try_get(i)
}

fn row(
    perfil: &Perfil,
    linea: u64,
    cell: impl Fn(usize) -> Result<Option<String>, sqlx::Error>,
) -> Result<FilaCruda, Error> {
    let n = perfil.required_columns().len();
    let celdas: Result<Vec<String>, sqlx::Error> =
        (0..n).map(|i| Ok(cell(i)?.unwrap_or_default())).collect();
    let celdas = celdas.map_err(unreadable)?;
    let rotura = celdas.iter().any(|c| c.contains('\0')).then_some(Rotura::Codificacion);
    let crudo = serde_json::Value::from(celdas.clone()).to_string();
    Ok(FilaCruda { linea, celdas, crudo, rotura })
}
