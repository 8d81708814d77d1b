//! SQL of the slice: the only place that names its tables. It decides nothing and begins no
//! transaction.

pub mod auditoria;
pub(crate) mod credenciales;
pub mod roles;
pub(crate) mod sesiones;
pub mod usuarios;
pub(crate) mod vistas;

use ramal_base::{Instante, Pais};
use ramal_db::{Consulta, Cursor, DbError, Pagina, Tx, params};
use sea_orm::FromQueryResult;
use serde_json::Value;
use uuid::Uuid;

use crate::{Clave, ClaveId, Emisor, EmisorId, Empresa, EmpresaId, Error, Modo, Secreto, Sello};

const CORRUPT: DbError = DbError::Corrupt("a row of plataforma is not readable");

fn json(texto: &str) -> Result<Value, DbError> {
    serde_json::from_str(texto).map_err(|_| CORRUPT)
}

/// A list of texts kept as JSON.
fn strings(texto: &str) -> Result<Vec<String>, DbError> {
    serde_json::from_str(texto).map_err(|_| CORRUPT)
}

#[derive(FromQueryResult)]
struct FilaEmpresa {
    id: EmpresaId,
    nombre: String,
    pais: String,
    zona_horaria: String,
    moneda: String,
    ajustes: String,
    creado: Instante,
}

impl TryFrom<FilaEmpresa> for Empresa {
    type Error = DbError;

    fn try_from(fila: FilaEmpresa) -> Result<Empresa, DbError> {
        Ok(Empresa {
            id: fila.id,
            nombre: fila.nombre,
            pais: Pais::parse(&fila.pais).ok_or(CORRUPT)?,
            zona_horaria: fila.zona_horaria,
            moneda: fila.moneda.parse().map_err(|_| CORRUPT)?,
            ajustes: json(&fila.ajustes)?,
            creado: fila.creado,
        })
    }
}

/// The empresa, or `None` before it is set up.
pub async fn empresa_if_any(c: &impl Consulta) -> Result<Option<Empresa>, Error> {
    const SQL: &str =
        "SELECT id, nombre, pais, zona_horaria, moneda, ajustes, creado FROM empresas LIMIT 1";
    let fila: Option<FilaEmpresa> = c.opt(SQL, params![]).await?;
    Ok(fila.map(Empresa::try_from).transpose()?)
}

/// The empresa. Errors: `EmpresaNotFound` before it is set up; `Storage`.
pub async fn empresa(c: &impl Consulta) -> Result<Empresa, Error> {
    empresa_if_any(c).await?.ok_or(Error::EmpresaNotFound)
}

pub(crate) async fn insert_empresa(tx: &Tx, e: &Empresa) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO empresas \
        (id, nombre, pais, zona_horaria, moneda, ajustes, creado) VALUES ($1,$2,$3,$4,$5,$6,$7)";
    let fila = params![
        e.id,
        e.nombre.as_str(),
        e.pais.codigo(),
        e.zona_horaria.as_str(),
        e.moneda.codigo(),
        e.ajustes.to_string(),
        e.creado
    ];
    tx.exec(SQL, fila).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct FilaEmisor {
    id: EmisorId,
    pais: String,
    numero: String,
    razon_social: String,
    nombre_comercial: Option<String>,
    regimen_fiscal: Option<String>,
    codigo_postal: Option<String>,
    ubigeo: Option<String>,
    direccion: Option<String>,
    departamento: Option<String>,
    provincia: Option<String>,
    distrito: Option<String>,
    establecimiento: Option<String>,
    moneda: String,
    zona_horaria: String,
    modo: String,
    ajustes: String,
    creado: Instante,
}

impl TryFrom<FilaEmisor> for Emisor {
    type Error = DbError;

    fn try_from(fila: FilaEmisor) -> Result<Emisor, DbError> {
        Ok(Emisor {
            id: fila.id,
            pais: Pais::parse(&fila.pais).ok_or(CORRUPT)?,
            numero: fila.numero,
            razon_social: fila.razon_social,
            nombre_comercial: fila.nombre_comercial,
            regimen_fiscal: fila.regimen_fiscal,
            codigo_postal: fila.codigo_postal,
            ubigeo: fila.ubigeo,
            direccion: fila.direccion,
            departamento: fila.departamento,
            provincia: fila.provincia,
            distrito: fila.distrito,
            establecimiento: fila.establecimiento,
            moneda: fila.moneda.parse().map_err(|_| CORRUPT)?,
            zona_horaria: fila.zona_horaria,
            modo: Modo::parse(&fila.modo).ok_or(CORRUPT)?,
            ajustes: json(&fila.ajustes)?,
            creado: fila.creado,
        })
    }
}

macro_rules! emisor_sql {
    ($resto:literal) => {
        concat!(
            "SELECT id, pais, numero, razon_social, nombre_comercial, regimen_fiscal, ",
            "codigo_postal, ubigeo, direccion, departamento, provincia, distrito, ",
            "establecimiento, moneda, zona_horaria, modo, ajustes, creado FROM emisores ",
            $resto
        )
    };
}

/// The emisor. Errors: `EmisorNotFound`, `Storage`.
pub async fn emisor(c: &impl Consulta, id: EmisorId) -> Result<Emisor, Error> {
    let fila: Option<FilaEmisor> = c.opt(emisor_sql!("WHERE id = $1"), params![id]).await?;
    Ok(fila.ok_or(Error::EmisorNotFound)?.try_into()?)
}

/// The emisor with that RFC or RUC, normalised. Errors: `EmisorNotFound`, `Storage`.
pub async fn emisor_por_numero(c: &impl Consulta, numero: &str) -> Result<Emisor, Error> {
    let fila: Option<FilaEmisor> = c.opt(emisor_sql!("WHERE numero = $1"), params![numero]).await?;
    Ok(fila.ok_or(Error::EmisorNotFound)?.try_into()?)
}

/// Every emisor, in the order in which they were set up.
pub async fn emisores(c: &impl Consulta) -> Result<Vec<Emisor>, Error> {
    let filas: Vec<FilaEmisor> = c.all(emisor_sql!("ORDER BY id"), params![]).await?;
    Ok(filas.into_iter().map(Emisor::try_from).collect::<Result<_, _>>()?)
}

pub(crate) async fn insert_emisor(tx: &Tx, e: &Emisor) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO emisores (id, pais, numero, razon_social, nombre_comercial, \
        regimen_fiscal, codigo_postal, ubigeo, direccion, departamento, provincia, distrito, \
        establecimiento, moneda, zona_horaria, modo, ajustes, creado) \
        VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)";
    let fila = params![
        e.id,
        e.pais.codigo(),
        e.numero.as_str(),
        e.razon_social.as_str(),
        e.nombre_comercial.clone(),
        e.regimen_fiscal.clone(),
        e.codigo_postal.clone(),
        e.ubigeo.clone(),
        e.direccion.clone(),
        e.departamento.clone(),
        e.provincia.clone(),
        e.distrito.clone(),
        e.establecimiento.clone(),
        e.moneda.codigo(),
        e.zona_horaria.as_str(),
        e.modo.as_str(),
        e.ajustes.to_string(),
        e.creado
    ];
    tx.exec(SQL, fila).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct FilaClave {
    id: ClaveId,
    nombre: String,
    prefijo: String,
    huella: String,
    permisos: String,
    creado: Instante,
    revocada: Option<Instante>,
    ultimo_uso: Option<Instante>,
}

impl TryFrom<FilaClave> for Clave {
    type Error = DbError;

    fn try_from(fila: FilaClave) -> Result<Clave, DbError> {
        Ok(Clave {
            id: fila.id,
            nombre: fila.nombre,
            prefijo: fila.prefijo,
            huella: hex::decode(&fila.huella).map_err(|_| CORRUPT)?,
            permisos: serde_json::from_str(&fila.permisos).map_err(|_| CORRUPT)?,
            creado: fila.creado,
            revocada: fila.revocada,
            ultimo_uso: fila.ultimo_uso,
        })
    }
}

macro_rules! clave_sql {
    ($resto:literal) => {
        concat!(
            "SELECT id, nombre, prefijo, huella, permisos, creado, revocada, ultimo_uso ",
            "FROM claves_api ",
            $resto
        )
    };
}

pub(crate) async fn clave_by_prefijo(
    c: &impl Consulta,
    prefijo: &str,
) -> Result<Option<Clave>, DbError> {
    let sql = clave_sql!("WHERE prefijo = $1");
    let fila: Option<FilaClave> = c.opt(sql, params![prefijo]).await?;
    fila.map(Clave::try_from).transpose()
}

pub(crate) async fn clave_by_id(c: &impl Consulta, id: ClaveId) -> Result<Clave, Error> {
    let fila: Option<FilaClave> = c.opt(clave_sql!("WHERE id = $1"), params![id]).await?;
    Ok(fila.ok_or(Error::ClaveNotFound)?.try_into()?)
}

pub(crate) async fn claves(c: &impl Consulta, cursor: &Cursor) -> Result<Pagina<Clave>, Error> {
    let desde: Uuid = after(cursor)?.unwrap_or(Uuid::nil());
    let sql = clave_sql!("WHERE id > $1 ORDER BY id LIMIT $2");
    let filas: Vec<FilaClave> = c.all(sql, params![desde, cursor.filas()]).await?;
    let claves = filas.into_iter().map(Clave::try_from).collect::<Result<_, _>>()?;
    Ok(Pagina::cut(claves, cursor, |c: &Clave| c.id.to_string()))
}

/// Writes the settings of the company.
pub(crate) async fn update_ajustes_empresa(
    tx: &Tx,
    id: EmpresaId,
    ajustes: &serde_json::Value,
) -> Result<(), Error> {
    const SQL: &str = "UPDATE empresas SET ajustes = $2 WHERE id = $1";
    tx.exec(SQL, params![id, ajustes.to_string()]).await?;
    Ok(())
}

/// Writes the settings of an emisor.
pub(crate) async fn update_ajustes_emisor(
    tx: &Tx,
    id: EmisorId,
    ajustes: &serde_json::Value,
) -> Result<(), Error> {
    const SQL: &str = "UPDATE emisores SET ajustes = $2 WHERE id = $1";
    tx.exec(SQL, params![id, ajustes.to_string()]).await?;
    Ok(())
}

/// Key of the last row seen. Errors: `Campos` if the cursor was not made by us.
fn after(cursor: &Cursor) -> Result<Option<Uuid>, Error> {
    let Some(texto) = &cursor.cursor else { return Ok(None) };
    texto.parse().map(Some).map_err(|_| bad_cursor())
}

fn bad_cursor() -> Error {
    let motivo = "Envíe el valor de «siguiente» de la página anterior, sin cambiarlo.";
    Error::Campos(vec![ramal_base::CampoInvalido::new("cursor", "cursor_invalido", motivo)])
}

pub(crate) async fn insert_clave(tx: &Tx, clave: &Clave) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO claves_api \
        (id, nombre, prefijo, huella, permisos, creado) VALUES ($1,$2,$3,$4,$5,$6)";
    let fila = params![
        clave.id,
        clave.nombre.as_str(),
        clave.prefijo.as_str(),
        hex::encode(&clave.huella),
        Value::from(clave.permisos.clone()).to_string(),
        clave.creado
    ];
    tx.exec(SQL, fila).await.map(|_| ())
}

/// Marks the key as revoked; 0 if it was already.
pub(crate) async fn mark_revocada(tx: &Tx, id: ClaveId, cuando: Instante) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE claves_api SET revocada = $2 WHERE id = $1 AND revocada IS NULL";
    tx.exec(SQL, params![id, cuando]).await
}

pub(crate) async fn mark_uso(tx: &Tx, id: ClaveId, cuando: Instante) -> Result<(), DbError> {
    let sql = "UPDATE claves_api SET ultimo_uso = $2 WHERE id = $1";
    tx.exec(sql, params![id, cuando]).await.map(|_| ())
}

pub(crate) async fn upsert_secret(
    tx: &Tx,
    nombre: &str,
    sellado: Vec<u8>,
    cuando: Instante,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO secretos (nombre, sellado, creado, actualizado) \
        VALUES ($1, $2, $3, $3) ON CONFLICT (nombre) \
        DO UPDATE SET sellado = excluded.sellado, actualizado = excluded.actualizado";
    tx.exec(SQL, params![nombre, sellado, cuando]).await.map(|_| ())
}

/// The secret kept under the name, opened. Errors: `Sello` if it was altered; `Storage`.
pub async fn get_secret(
    c: &impl Consulta,
    sello: &Sello,
    nombre: &str,
) -> Result<Option<Secreto>, Error> {
    let sql = "SELECT sellado FROM secretos WHERE nombre = $1";
    let sellado: Option<Vec<u8>> = c.scalar(sql, params![nombre]).await?;
    Ok(sellado.map(|bytes| sello.open(nombre, &bytes)).transpose()?)
}

/// Names of the secrets kept, in order; never their values.
pub async fn secret_names(c: &impl Consulta) -> Result<Vec<String>, Error> {
    Ok(c.column("SELECT nombre FROM secretos ORDER BY nombre", params![]).await?)
}
