//! Accounts by key and in lists. Few: they are read whole.

use ramal_base::{Cx, Fecha};
use ramal_db::{Consulta, DbError, Tx, params};

use crate::cuenta::FilaCuenta;
use crate::{CuentaBancaria, CuentaId, Error};

const COLUMNAS: &str = "id, nombre, numero, moneda, clase, proveedor, perfil, activa, \
    ultima_linea, al_dia, version, creado";

/// Every account, active first, by name.
pub async fn all(c: &impl Consulta) -> Result<Vec<CuentaBancaria>, DbError> {
    let sql =
        format!("SELECT {COLUMNAS} FROM cuentas_bancarias ORDER BY activa DESC, nombre LIMIT 500");
    let filas: Vec<FilaCuenta> = c.all(&sql, params![]).await?;
    filas.into_iter().map(CuentaBancaria::try_from).collect()
}

/// An account.
pub async fn by_id(c: &impl Consulta, id: CuentaId) -> Result<Option<CuentaBancaria>, DbError> {
    let sql = format!("SELECT {COLUMNAS} FROM cuentas_bancarias WHERE id = $1");
    let fila: Option<FilaCuenta> = c.opt(&sql, params![id]).await?;
    fila.map(CuentaBancaria::try_from).transpose()
}

fn profile(cuenta: &CuentaBancaria) -> Result<Option<String>, DbError> {
    let texto = cuenta.perfil.as_ref().map(serde_json::to_string).transpose();
    texto.map_err(|_| DbError::Corrupt("a profile is not JSON"))
}

/// Writes a new account. Errors: 422 if the name is taken.
pub(crate) async fn insert(tx: &Tx, cuenta: &CuentaBancaria) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO cuentas_bancarias (id, nombre, numero, moneda, clase, \
        proveedor, perfil, activa, version, creado) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9) \
        ON CONFLICT (nombre) DO NOTHING";
    let c = cuenta;
    let valores = params![
        c.id,
        c.nombre.as_str(),
        c.numero.as_str(),
        c.moneda.codigo(),
        c.clase.as_str(),
        c.proveedor.clone(),
        profile(c)?,
        c.activa,
        c.creado,
    ];
    match tx.exec(SQL, valores).await? {
        1 => Ok(()),
        _ => Err(taken()),
    }
}

fn taken() -> Error {
    Error::campo("nombre", "nombre_repetido", "Ya hay una cuenta con ese nombre.")
}

/// Rewrites an account of a version; `false` if another was faster.
pub(crate) async fn update(tx: &Tx, cuenta: &CuentaBancaria) -> Result<bool, Error> {
    const SQL: &str = "UPDATE cuentas_bancarias SET nombre = $2, numero = $3, proveedor = $4, \
        perfil = $5, activa = $6, version = version + 1 WHERE id = $1 AND version = $7";
    let c = cuenta;
    let valores = params![
        c.id,
        c.nombre.as_str(),
        c.numero.as_str(),
        c.proveedor.clone(),
        profile(c)?,
        c.activa,
        c.version,
    ];
    match tx.exec(SQL, valores).await {
        Ok(n) => Ok(n == 1),
        Err(DbError::Unique(_)) => Err(taken()),
        Err(e) => Err(e.into()),
    }
}

/// Notes that a statement was read up to a day. One that ends before the last does not make the
/// account fresh.
pub(crate) async fn note_read(tx: &Tx, cx: &Cx, id: CuentaId, hasta: Fecha) -> Result<(), DbError> {
    const SQL: &str = "UPDATE cuentas_bancarias SET ultima_linea = $2, al_dia = $3 \
        WHERE id = $1 AND (ultima_linea IS NULL OR ultima_linea <= $2)";
    tx.exec(SQL, params![id, hasta, cx.now()]).await.map(|_| ())
}
