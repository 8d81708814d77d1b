//! SQL of sessions: one read per request gives the session, its user, his roles and his branches.
//! It knows no token, only its digest.

use ramal_base::Instante;
use ramal_db::{Consulta, DbError, Tx, params};
use sea_orm::FromQueryResult;

use super::{CORRUPT, strings};
use crate::identidad::Ambito;
use crate::sesion::{Metodo, Sesion, SesionId, Viva};
use crate::usuario::{EstadoUsuario, UsuarioId};
use crate::{EnSucursal, SucursalId};

#[derive(FromQueryResult)]
struct FilaViva {
    id: SesionId,
    usuario_id: UsuarioId,
    huella: String,
    rotada: Option<Instante>,
    rotar: bool,
    ultima: Instante,
    vence: Instante,
    nombre: String,
    estado: String,
    permisos: Option<String>,
    sucursal_id: Option<SucursalId>,
    zona: Option<String>,
}

const VIVA: &str = "SELECT s.id, s.usuario_id, s.huella, s.rotada, s.rotar, s.ultima, s.vence, \
    u.nombre, u.estado, r.permisos, ur.sucursal_id, c.zona \
    FROM sesiones s JOIN usuarios u ON u.id = s.usuario_id \
    LEFT JOIN usuario_roles ur ON ur.usuario_id = u.id \
    LEFT JOIN roles r ON r.codigo = ur.rol \
    LEFT JOIN sucursales c ON c.id = ur.sucursal_id \
    WHERE s.huella = $1 OR s.huella_anterior = $1";

/// The session of a digest with everything that a request needs; `None` if there is none.
pub(crate) async fn viva(c: &impl Consulta, huella: &str) -> Result<Option<Viva>, DbError> {
    let filas: Vec<FilaViva> = c.all(VIVA, params![huella]).await?;
    let Some(f) = filas.first() else { return Ok(None) };
    let ambitos = filas.iter().filter_map(ambito).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Viva {
        id: f.id,
        usuario: f.usuario_id,
        nombre: f.nombre.clone(),
        estado: EstadoUsuario::parse(&f.estado).ok_or(CORRUPT)?,
        es_la_actual: f.huella == huella,
        rotada: f.rotada,
        rotar: f.rotar,
        ultima: f.ultima,
        vence: f.vence,
        ambitos,
    }))
}

fn ambito(f: &FilaViva) -> Option<Result<Ambito, DbError>> {
    let permisos = f.permisos.as_deref()?;
    let sucursal = f.sucursal_id.map(|id| EnSucursal { id, zona: f.zona.clone() });
    Some(strings(permisos).map(|permisos| Ambito { permisos, sucursal }))
}

/// What is written of a new session.
pub(crate) struct NuevaSesion<'a> {
    pub id: SesionId,
    pub huella: &'a str,
    pub usuario: UsuarioId,
    pub metodo: Metodo,
    pub direccion: &'a str,
    pub agente: &'a str,
    pub oidc: (Option<&'a str>, Option<&'a str>),
    pub creada: Instante,
    pub vence: Instante,
}

pub(crate) async fn insert_sesion(tx: &Tx, s: &NuevaSesion<'_>) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO sesiones (id, huella, usuario_id, metodo, direccion, agente, \
        oidc_sub, oidc_sid, creada, ultima, vence) \
        VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$9,$10)";
    let texto = |t: Option<&str>| t.map(ToOwned::to_owned);
    let fila = params![
        s.id,
        s.huella,
        s.usuario,
        s.metodo.as_str(),
        s.direccion,
        s.agente,
        texto(s.oidc.0),
        texto(s.oidc.1),
        s.creada,
        s.vence
    ];
    tx.exec(SQL, fila).await.map(|_| ())
}

/// Notes that the session is used.
pub(crate) async fn touch(tx: &Tx, id: SesionId, ahora: Instante) -> Result<(), DbError> {
    let sql = "UPDATE sesiones SET ultima = $2 WHERE id = $1 AND ultima < $2";
    tx.exec(sql, params![id, ahora]).await.map(|_| ())
}

/// Puts another token in the place of the session's; 0 if somebody did already.
pub(crate) async fn rotate(
    tx: &Tx,
    id: SesionId,
    (vieja, nueva): (&str, &str),
    ahora: Instante,
) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE sesiones SET huella = $3, huella_anterior = $2, rotada = $4, \
        rotar = FALSE WHERE id = $1 AND huella = $2";
    tx.exec(SQL, params![id, vieja, nueva, ahora]).await
}

/// Asks that the sessions of a user take another token at their next request.
pub(crate) async fn ask_rotation(tx: &Tx, usuario: UsuarioId) -> Result<u64, DbError> {
    let sql = "UPDATE sesiones SET rotar = TRUE WHERE usuario_id = $1";
    tx.exec(sql, params![usuario]).await
}

/// Asks the same of everybody who has a role.
pub(crate) async fn ask_rotation_of_rol(tx: &Tx, rol: &str) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE sesiones SET rotar = TRUE WHERE usuario_id IN \
        (SELECT usuario_id FROM usuario_roles WHERE rol = $1)";
    tx.exec(SQL, params![rol]).await
}

/// Ends one session of a user; 0 if it is not his or is gone.
pub(crate) async fn delete_sesion(
    tx: &Tx,
    usuario: UsuarioId,
    id: SesionId,
) -> Result<u64, DbError> {
    let sql = "DELETE FROM sesiones WHERE id = $2 AND usuario_id = $1";
    tx.exec(sql, params![usuario, id]).await
}

/// Ends the sessions of a user but one; all of them without one.
pub(crate) async fn delete_sesiones(
    tx: &Tx,
    usuario: UsuarioId,
    salvo: Option<SesionId>,
) -> Result<u64, DbError> {
    match salvo {
        Some(id) => {
            let sql = "DELETE FROM sesiones WHERE usuario_id = $1 AND id <> $2";
            tx.exec(sql, params![usuario, id]).await
        }
        None => tx.exec("DELETE FROM sesiones WHERE usuario_id = $1", params![usuario]).await,
    }
}

/// Ends the sessions that an identity provider opened: of one `sid`, or all of a `sub`.
pub(crate) async fn delete_oidc(
    tx: &Tx,
    sub: Option<&str>,
    sid: Option<&str>,
) -> Result<u64, DbError> {
    match (sub, sid) {
        (_, Some(sid)) => {
            const SQL: &str = "DELETE FROM sesiones WHERE oidc_sid = $1 \
                AND ($2 = '' OR oidc_sub = $2)";
            tx.exec(SQL, params![sid, sub.unwrap_or("")]).await
        }
        (Some(sub), None) => {
            tx.exec("DELETE FROM sesiones WHERE oidc_sub = $1", params![sub]).await
        }
        (None, None) => Ok(0),
    }
}

#[derive(FromQueryResult)]
struct FilaSesion {
    id: SesionId,
    metodo: String,
    direccion: String,
    agente: String,
    creada: Instante,
    ultima: Instante,
}

/// Sessions of a user that are still good, the last used first.
pub(crate) async fn sesiones(
    c: &impl Consulta,
    usuario: UsuarioId,
    (ahora, ociosa): (Instante, Instante),
) -> Result<Vec<Sesion>, DbError> {
    const SQL: &str = "SELECT id, metodo, direccion, agente, creada, ultima FROM sesiones \
        WHERE usuario_id = $1 AND vence > $2 AND ultima > $3 ORDER BY ultima DESC LIMIT 50";
    let filas: Vec<FilaSesion> = c.all(SQL, params![usuario, ahora, ociosa]).await?;
    let sesion = |f: FilaSesion| {
        Ok(Sesion {
            id: f.id,
            metodo: Metodo::parse(&f.metodo).ok_or(CORRUPT)?,
            direccion: f.direccion,
            agente: f.agente,
            creada: f.creada,
            ultima: f.ultima,
        })
    };
    filas.into_iter().map(sesion).collect()
}
