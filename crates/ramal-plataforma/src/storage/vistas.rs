//! SQL of saved views and of messages that wait for somebody to send them.

use ramal_base::{Id, Instante};
use ramal_db::{Consulta, DbError, Tx, params};
use sea_orm::FromQueryResult;

use crate::avisador::AvisoId;
use crate::usuario::UsuarioId;
use crate::vista_guardada::VistaGuardada;

#[derive(FromQueryResult)]
struct Fila {
    id: Id<VistaGuardada>,
    ruta: String,
    nombre: String,
    consulta: String,
}

impl From<Fila> for VistaGuardada {
    fn from(f: Fila) -> VistaGuardada {
        VistaGuardada { id: f.id, ruta: f.ruta, nombre: f.nombre, consulta: f.consulta }
    }
}

/// Views that a user saved of a page, by name.
pub(crate) async fn vistas(
    c: &impl Consulta,
    usuario: UsuarioId,
    ruta: &str,
) -> Result<Vec<VistaGuardada>, DbError> {
    const SQL: &str = "SELECT id, ruta, nombre, consulta FROM vistas_guardadas \
        WHERE usuario_id = $1 AND ruta = $2 ORDER BY nombre LIMIT 20";
    let filas: Vec<Fila> = c.all(SQL, params![usuario, ruta]).await?;
    Ok(filas.into_iter().map(VistaGuardada::from).collect())
}

/// Every view that a user saved, by page and name.
pub(crate) async fn todas(
    c: &impl Consulta,
    usuario: UsuarioId,
) -> Result<Vec<VistaGuardada>, DbError> {
    const SQL: &str = "SELECT id, ruta, nombre, consulta FROM vistas_guardadas \
        WHERE usuario_id = $1 ORDER BY ruta, nombre LIMIT 100";
    let filas: Vec<Fila> = c.all(SQL, params![usuario]).await?;
    Ok(filas.into_iter().map(VistaGuardada::from).collect())
}

/// Saves a view, in the place of the one that had its name.
pub(crate) async fn upsert_vista(
    tx: &Tx,
    usuario: UsuarioId,
    v: &VistaGuardada,
    creada: Instante,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO vistas_guardadas \
        (id, usuario_id, ruta, nombre, consulta, creada) VALUES ($1,$2,$3,$4,$5,$6) \
        ON CONFLICT (usuario_id, ruta, nombre) DO UPDATE SET consulta = excluded.consulta";
    let fila =
        params![v.id, usuario, v.ruta.as_str(), v.nombre.as_str(), v.consulta.as_str(), creada];
    tx.exec(SQL, fila).await.map(|_| ())
}

/// A view of its owner; `None` if it is another's.
pub(crate) async fn vista(
    c: &impl Consulta,
    usuario: UsuarioId,
    id: Id<VistaGuardada>,
) -> Result<Option<VistaGuardada>, DbError> {
    const SQL: &str = "SELECT id, ruta, nombre, consulta FROM vistas_guardadas \
        WHERE usuario_id = $1 AND id = $2";
    let fila: Option<Fila> = c.opt(SQL, params![usuario, id]).await?;
    Ok(fila.map(VistaGuardada::from))
}

/// Forgets a view of its owner; 0 if it is another's.
pub(crate) async fn delete_vista(
    tx: &Tx,
    usuario: UsuarioId,
    id: Id<VistaGuardada>,
) -> Result<u64, DbError> {
    let sql = "DELETE FROM vistas_guardadas WHERE usuario_id = $1 AND id = $2";
    tx.exec(sql, params![usuario, id]).await
}

pub(crate) async fn insert_aviso(
    tx: &Tx,
    id: AvisoId,
    (clase, usuario): (&str, UsuarioId),
    sellado: Vec<u8>,
    creado: Instante,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO avisos_salientes (id, clase, usuario_id, sellado, creado) \
        VALUES ($1,$2,$3,$4,$5)";
    tx.exec(SQL, params![id, clase, usuario, sellado, creado]).await.map(|_| ())
}

#[derive(FromQueryResult)]
pub(crate) struct FilaAviso {
    pub id: AvisoId,
    pub clase: String,
    pub sellado: Vec<u8>,
    pub creado: Instante,
}

/// Messages left for a user, the newest first.
pub(crate) async fn avisos(
    c: &impl Consulta,
    usuario: UsuarioId,
) -> Result<Vec<FilaAviso>, DbError> {
    const SQL: &str = "SELECT id, clase, sellado, creado FROM avisos_salientes \
        WHERE usuario_id = $1 ORDER BY id DESC LIMIT 20";
    c.all(SQL, params![usuario]).await
}
