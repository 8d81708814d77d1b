//! SQL of roles and branches. It decides nothing.

use ramal_base::Instante;
use ramal_db::{Consulta, DbError, Tx, params};
use sea_orm::FromQueryResult;

use super::strings;
use crate::{Error, Rol, Sucursal, SucursalId};

#[derive(FromQueryResult)]
struct FilaRol {
    codigo: String,
    nombre: String,
    descripcion: String,
    permisos: String,
    predefinido: bool,
    version: i64,
}

impl TryFrom<FilaRol> for Rol {
    type Error = DbError;

    fn try_from(f: FilaRol) -> Result<Rol, DbError> {
        Ok(Rol {
            permisos: strings(&f.permisos)?,
            codigo: f.codigo,
            nombre: f.nombre,
            descripcion: f.descripcion,
            predefinido: f.predefinido,
            version: f.version,
        })
    }
}

/// Every role, those of the program first.
pub async fn roles(c: &impl Consulta) -> Result<Vec<Rol>, DbError> {
    const SQL: &str = "SELECT codigo, nombre, descripcion, permisos, predefinido, version \
        FROM roles ORDER BY orden, nombre";
    let filas: Vec<FilaRol> = c.all(SQL, params![]).await?;
    filas.into_iter().map(Rol::try_from).collect()
}

/// The role. Errors: `RolNotFound`, `Storage`.
pub async fn rol(c: &impl Consulta, codigo: &str) -> Result<Rol, Error> {
    const SQL: &str = "SELECT codigo, nombre, descripcion, permisos, predefinido, version \
        FROM roles WHERE codigo = $1";
    let fila: Option<FilaRol> = c.opt(SQL, params![codigo]).await?;
    Ok(fila.ok_or(Error::RolNotFound)?.try_into()?)
}

fn json(permisos: &[String]) -> String {
    serde_json::Value::from(permisos.to_vec()).to_string()
}

pub(crate) async fn insert_rol(tx: &Tx, r: &Rol) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO roles \
        (codigo, nombre, descripcion, permisos, predefinido, orden, version) \
        VALUES ($1,$2,$3,$4,FALSE,1000,$5)";
    let fila = params![
        r.codigo.as_str(),
        r.nombre.as_str(),
        r.descripcion.as_str(),
        json(&r.permisos),
        r.version
    ];
    tx.exec(SQL, fila).await.map(|_| ())
}

/// Writes a role over the version that was seen; 0 if it was another.
pub(crate) async fn update_rol(tx: &Tx, r: &Rol, vista: i64) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE roles SET nombre = $3, descripcion = $4, permisos = $5, \
        version = version + 1 WHERE codigo = $1 AND version = $2";
    let fila = params![
        r.codigo.as_str(),
        vista,
        r.nombre.as_str(),
        r.descripcion.as_str(),
        json(&r.permisos)
    ];
    tx.exec(SQL, fila).await
}

pub(crate) async fn delete_rol(tx: &Tx, codigo: &str) -> Result<u64, DbError> {
    tx.exec("DELETE FROM roles WHERE codigo = $1 AND predefinido = FALSE", params![codigo]).await
}

/// How many users have each role.
pub(crate) async fn uso_de_roles(c: &impl Consulta) -> Result<Vec<(String, i64)>, DbError> {
    #[derive(FromQueryResult)]
    struct Uso {
        rol: String,
        usuarios: i64,
    }
    const SQL: &str = "SELECT rol, COUNT(DISTINCT usuario_id) AS usuarios FROM usuario_roles \
        GROUP BY rol";
    let filas: Vec<Uso> = c.all(SQL, params![]).await?;
    Ok(filas.into_iter().map(|u| (u.rol, u.usuarios)).collect())
}

#[derive(FromQueryResult)]
struct FilaSucursal {
    id: SucursalId,
    nombre: String,
    zona: Option<String>,
    version: i64,
    creado: Instante,
}

impl From<FilaSucursal> for Sucursal {
    fn from(f: FilaSucursal) -> Sucursal {
        let FilaSucursal { id, nombre, zona, version, creado } = f;
        Sucursal { id, nombre, zona, version, creado }
    }
}

/// Every branch, by name.
pub async fn sucursales(c: &impl Consulta) -> Result<Vec<Sucursal>, DbError> {
    let sql = "SELECT id, nombre, zona, version, creado FROM sucursales ORDER BY nombre";
    let filas: Vec<FilaSucursal> = c.all(sql, params![]).await?;
    Ok(filas.into_iter().map(Sucursal::from).collect())
}

/// The branch. Errors: `SucursalNotFound`, `Storage`.
pub async fn sucursal(c: &impl Consulta, id: SucursalId) -> Result<Sucursal, Error> {
    let sql = "SELECT id, nombre, zona, version, creado FROM sucursales WHERE id = $1";
    let fila: Option<FilaSucursal> = c.opt(sql, params![id]).await?;
    fila.map(Sucursal::from).ok_or(Error::SucursalNotFound)
}

pub(crate) async fn insert_sucursal(tx: &Tx, s: &Sucursal) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO sucursales (id, nombre, zona, version, creado) \
        VALUES ($1,$2,$3,$4,$5)";
    let fila = params![s.id, s.nombre.as_str(), s.zona.clone(), s.version, s.creado];
    tx.exec(SQL, fila).await.map(|_| ())
}

/// Writes a branch over the version that was seen; 0 if it was another.
pub(crate) async fn update_sucursal(tx: &Tx, s: &Sucursal, vista: i64) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE sucursales SET nombre = $3, zona = $4, version = version + 1 \
        WHERE id = $1 AND version = $2";
    tx.exec(SQL, params![s.id, vista, s.nombre.as_str(), s.zona.clone()]).await
}
