//! Settings of the slice, as JSON with a version each. A missing row is all defaults.

use ramal_db::{Consulta, DbError, FromQueryResult, Tx, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Name of the settings of notifications.
pub const NOTIFICACIONES: &str = "notificaciones";
/// Name of the settings of the mailbox.
pub const CORREO: &str = "correo";

/// Settings with the version that an edit names; 0 if nobody has written them.
#[derive(Clone, Debug)]
pub struct Versionado<T> {
    /// The settings.
    pub valor: T,
    /// Grows with every edit.
    pub version: i64,
}

#[derive(FromQueryResult)]
struct Fila {
    valor: String,
    version: i64,
}

/// Reads settings by name. Errors: `Corrupt` if what is stored cannot be read.
pub async fn load<T: DeserializeOwned + Default>(
    c: &impl Consulta,
    nombre: &str,
) -> Result<Versionado<T>, DbError> {
    const SQL: &str = "SELECT valor, version FROM ajustes_mensajeria WHERE nombre = $1";
    let Some(fila) = c.opt::<Fila>(SQL, params![nombre]).await? else {
        return Ok(Versionado { valor: T::default(), version: 0 });
    };
    let valor = serde_json::from_str(&fila.valor)
        .map_err(|_| DbError::Corrupt("settings of messaging are not what was written"))?;
    Ok(Versionado { valor, version: fila.version })
}

/// Writes settings over the version that was read; `false` if somebody wrote in between.
pub async fn save<T: Serialize>(
    tx: &Tx,
    nombre: &str,
    valor: &T,
    version: i64,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO ajustes_mensajeria (nombre, valor, version) \
        VALUES ($1, $2, $3) ON CONFLICT (nombre) DO UPDATE SET valor = excluded.valor, \
        version = excluded.version WHERE ajustes_mensajeria.version = $4";
    let texto = serde_json::to_string(valor)
        .map_err(|_| DbError::Corrupt("settings of messaging are not JSON"))?;
    Ok(tx.exec(SQL, params![nombre, texto, version + 1, version]).await? == 1)
}
