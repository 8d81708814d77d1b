//! SQL of users and of the roles that they have. It decides nothing.

use ramal_base::Instante;
use ramal_db::consulta::placeholders;
use ramal_db::{Consulta, Cursor, DbError, Pagina, Tx, params};
use sea_orm::{FromQueryResult, Value};

use super::{CORRUPT, strings};
use crate::usuario::{EstadoUsuario, RolDado, Usuario, UsuarioId};
use crate::{Error, SucursalId, rol};

#[derive(FromQueryResult)]
struct Fila {
    id: UsuarioId,
    correo: String,
    nombre: String,
    estado: String,
    con_contrasena: bool,
    segundo_activo: bool,
    respaldos: String,
    con_proveedor: bool,
    version: i64,
    creado: Instante,
    ultimo_ingreso: Option<Instante>,
}

impl TryFrom<Fila> for Usuario {
    type Error = DbError;

    fn try_from(f: Fila) -> Result<Usuario, DbError> {
        Ok(Usuario {
            id: f.id,
            correo: f.correo,
            nombre: f.nombre,
            estado: EstadoUsuario::parse(&f.estado).ok_or(CORRUPT)?,
            con_contrasena: f.con_contrasena,
            con_codigo: f.segundo_activo,
            respaldos: strings(&f.respaldos)?.len(),
            con_proveedor: f.con_proveedor,
            version: f.version,
            creado: f.creado,
            ultimo_ingreso: f.ultimo_ingreso,
        })
    }
}

macro_rules! usuario_sql {
    ($resto:literal) => {
        concat!(
            "SELECT u.id, u.correo, u.nombre, u.estado, ",
            "(u.contrasena IS NOT NULL) AS con_contrasena, u.segundo_activo, u.respaldos, ",
            "(u.oidc_sub IS NOT NULL) AS con_proveedor, u.version, u.creado, u.ultimo_ingreso ",
            "FROM usuarios u ",
            $resto
        )
    };
}

/// The user. Errors: `UsuarioNotFound`, `Storage`.
pub async fn usuario(c: &impl Consulta, id: UsuarioId) -> Result<Usuario, Error> {
    let fila: Option<Fila> = c.opt(usuario_sql!("WHERE u.id = $1"), params![id]).await?;
    Ok(fila.ok_or(Error::UsuarioNotFound)?.try_into()?)
}

/// The user with that e-mail (any case); `None` if there is none.
pub async fn usuario_por_correo(
    c: &impl Consulta,
    correo: &str,
) -> Result<Option<Usuario>, DbError> {
    let correo = correo.trim().to_ascii_lowercase();
    let fila: Option<Fila> = c.opt(usuario_sql!("WHERE u.correo = $1"), params![correo]).await?;
    fila.map(Usuario::try_from).transpose()
}

/// The user that an identity provider names; `None` if there is none.
pub(crate) async fn usuario_por_sub(
    c: &impl Consulta,
    sub: &str,
) -> Result<Option<Usuario>, DbError> {
    let fila: Option<Fila> = c.opt(usuario_sql!("WHERE u.oidc_sub = $1"), params![sub]).await?;
    fila.map(Usuario::try_from).transpose()
}

/// Whether anybody can sign in yet.
pub async fn is_instalado(c: &impl Consulta) -> Result<bool, DbError> {
    let uno: Option<i64> = c.scalar("SELECT COUNT(*) FROM instalaciones", params![]).await?;
    Ok(uno.unwrap_or(0) > 0)
}

/// Takes the one place of the first user. Errors: `Unique` if it was taken.
pub(crate) async fn insert_instalacion(tx: &Tx, cuando: Instante) -> Result<(), DbError> {
    let sql = "INSERT INTO instalaciones (unica, creada) VALUES (1, $1)";
    tx.exec(sql, params![cuando]).await.map(|_| ())
}

/// Notes that there is a user, if it was not noted.
pub(crate) async fn note_instalacion(tx: &Tx, cuando: Instante) -> Result<(), DbError> {
    let sql = "INSERT INTO instalaciones (unica, creada) VALUES (1, $1) ON CONFLICT DO NOTHING";
    tx.exec(sql, params![cuando]).await.map(|_| ())
}

pub(crate) async fn insert_usuario(tx: &Tx, u: &Usuario) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO usuarios (id, correo, nombre, estado, version, creado) \
        VALUES ($1,$2,$3,$4,$5,$6)";
    let fila =
        params![u.id, u.correo.as_str(), u.nombre.as_str(), u.estado.as_str(), u.version, u.creado];
    tx.exec(SQL, fila).await.map(|_| ())
}

/// Writes a new name and counts the version; 0 if the version was another.
pub(crate) async fn update_usuario(
    tx: &Tx,
    (id, version): (UsuarioId, i64),
    nombre: &str,
) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE usuarios SET nombre = $3, version = version + 1 \
        WHERE id = $1 AND version = $2";
    tx.exec(SQL, params![id, version, nombre]).await
}

pub(crate) async fn set_estado(
    tx: &Tx,
    id: UsuarioId,
    estado: EstadoUsuario,
) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE usuarios SET estado = $2, version = version + 1 \
        WHERE id = $1 AND estado <> $2";
    tx.exec(SQL, params![id, estado.as_str()]).await
}

pub(crate) async fn set_oidc_sub(tx: &Tx, id: UsuarioId, sub: &str) -> Result<(), DbError> {
    let sql = "UPDATE usuarios SET oidc_sub = $2 WHERE id = $1";
    tx.exec(sql, params![id, sub]).await.map(|_| ())
}

pub(crate) async fn mark_ingreso(tx: &Tx, id: UsuarioId, ahora: Instante) -> Result<(), DbError> {
    let sql = "UPDATE usuarios SET ultimo_ingreso = $2 WHERE id = $1";
    tx.exec(sql, params![id, ahora]).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct FilaRol {
    usuario_id: UsuarioId,
    rol: String,
    sucursal_id: Option<SucursalId>,
}

/// Roles of a user, in a stable order.
pub async fn roles_de(c: &impl Consulta, id: UsuarioId) -> Result<Vec<RolDado>, DbError> {
    Ok(roles_de_varios(c, &[id]).await?.into_iter().map(|(_, rol)| rol).collect())
}

/// Roles of several users, in one question.
pub(crate) async fn roles_de_varios(
    c: &impl Consulta,
    ids: &[UsuarioId],
) -> Result<Vec<(UsuarioId, RolDado)>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT usuario_id, rol, sucursal_id FROM usuario_roles WHERE usuario_id IN {}",
        placeholders(1, ids.len())
    );
    let filas: Vec<FilaRol> = c.all(&sql, ids.iter().map(|id| Value::from(*id)).collect()).await?;
    let par = |f: FilaRol| (f.usuario_id, RolDado { rol: f.rol, sucursal: f.sucursal_id });
    let mut pares: Vec<(UsuarioId, RolDado)> = filas.into_iter().map(par).collect();
    pares.sort();
    Ok(pares)
}

pub(crate) async fn replace_roles(
    tx: &Tx,
    cx: &ramal_base::Cx,
    id: UsuarioId,
    roles: &[RolDado],
) -> Result<(), DbError> {
    tx.exec("DELETE FROM usuario_roles WHERE usuario_id = $1", params![id]).await?;
    const SQL: &str =
        "INSERT INTO usuario_roles (id, usuario_id, rol, sucursal_id) VALUES ($1,$2,$3,$4)";
    for dado in roles {
        let fila = params![cx.new_id::<RolDado>(), id, dado.rol.as_str(), dado.sucursal];
        tx.exec(SQL, fila).await?;
    }
    Ok(())
}

/// Makes everybody who takes an administrator away wait for the others who do.
pub(crate) async fn lock_administradores(tx: &Tx) -> Result<(), DbError> {
    let sql = format!("SELECT codigo FROM roles WHERE codigo = $1{}", tx.motor().for_update());
    let _: Option<String> = tx.scalar(&sql, params![rol::ADMINISTRADOR]).await?;
    Ok(())
}

/// Active users who administer everything, in every branch.
pub(crate) async fn administradores(c: &impl Consulta) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COUNT(DISTINCT u.id) FROM usuarios u \
        JOIN usuario_roles ur ON ur.usuario_id = u.id AND ur.sucursal_id IS NULL \
        WHERE ur.rol = $1 AND u.estado = 'activo'";
    Ok(c.scalar(SQL, params![rol::ADMINISTRADOR]).await?.unwrap_or(0))
}

/// Names of some of them, for whoever lacks a permission and must ask.
pub(crate) async fn nombres_de_administradores(c: &impl Consulta) -> Result<Vec<String>, DbError> {
    const SQL: &str = "SELECT DISTINCT u.nombre FROM usuarios u \
        JOIN usuario_roles ur ON ur.usuario_id = u.id AND ur.sucursal_id IS NULL \
        WHERE ur.rol = $1 AND u.estado = 'activo' ORDER BY u.nombre LIMIT 3";
    c.column(SQL, params![rol::ADMINISTRADOR]).await
}

/// What a list of users asks for.
#[derive(Clone, Debug, Default)]
pub struct FiltroUsuarios {
    /// Part of the name or of the e-mail.
    pub texto: String,
    /// `activo`, `suspendido` or empty.
    pub estado: String,
    /// Code of a role, or empty.
    pub rol: String,
    /// Branches to keep; `None` keeps all users.
    pub sucursales: Option<Vec<SucursalId>>,
}

impl FiltroUsuarios {
    fn donde(&self, valores: &mut Vec<Value>) -> String {
        let mut sql = String::from("WHERE 1 = 1");
        let mut pon = |valor: Value| {
            valores.push(valor);
            valores.len()
        };
        if !self.texto.is_empty() {
            let patron = format!("%{}%", escaped(&self.texto.to_lowercase()));
            let n = pon(patron.into());
            sql += &format!(
                " AND (LOWER(u.nombre) LIKE ${n} ESCAPE '!' OR u.correo LIKE ${n} ESCAPE '!')"
            );
        }
        if !self.estado.is_empty() {
            sql += &format!(" AND u.estado = ${}", pon(self.estado.as_str().into()));
        }
        if !self.rol.is_empty() {
            let n = pon(self.rol.as_str().into());
            sql += &format!(
                " AND EXISTS (SELECT 1 FROM usuario_roles r WHERE r.usuario_id = u.id \
                    AND r.rol = ${n})"
            );
        }
        match &self.sucursales {
            None => {}
            Some(lista) if lista.is_empty() => sql += " AND 1 = 0",
            Some(lista) => {
                let marcas = placeholders(valores.len() + 1, lista.len());
                valores.extend(lista.iter().map(|s| Value::from(*s)));
                sql += &format!(
                    " AND EXISTS (SELECT 1 FROM usuario_roles s WHERE s.usuario_id = u.id \
                        AND s.sucursal_id IN {marcas})"
                );
            }
        }
        sql
    }
}

/// Text that a `LIKE … ESCAPE '!'` takes literally.
pub(crate) fn escaped(texto: &str) -> String {
    texto.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// A page of users, by name.
pub(crate) async fn usuarios(
    c: &impl Consulta,
    filtro: &FiltroUsuarios,
    cursor: &Cursor,
) -> Result<Pagina<Usuario>, Error> {
    let mut valores = Vec::new();
    let mut sql = String::from(usuario_sql!(""));
    sql += &filtro.donde(&mut valores);
    if let Some(texto) = &cursor.cursor {
        let (id, nombre) = texto.split_once('.').ok_or_else(super::bad_cursor)?;
        let id: UsuarioId = id.parse().map_err(|_| super::bad_cursor())?;
        let n = valores.len();
        valores.extend([Value::from(nombre), Value::from(id)]);
        sql += &format!(" AND (u.nombre, u.id) > (${}, ${})", n + 1, n + 2);
    }
    valores.push(cursor.filas().into());
    sql += &format!(" ORDER BY u.nombre, u.id LIMIT ${}", valores.len());
    let filas: Vec<Fila> = c.all(&sql, valores).await?;
    let lista = filas.into_iter().map(Usuario::try_from).collect::<Result<_, _>>()?;
    Ok(Pagina::cut(lista, cursor, |u: &Usuario| format!("{}.{}", u.id, u.nombre)))
}

/// How many users a filter keeps, up to 10,001.
pub(crate) async fn count_usuarios(
    c: &impl Consulta,
    filtro: &FiltroUsuarios,
) -> Result<i64, DbError> {
    let mut valores = Vec::new();
    let donde = filtro.donde(&mut valores);
    let sql =
        format!("SELECT COUNT(*) FROM (SELECT 1 FROM usuarios u {donde} LIMIT 10001) AS contados");
    Ok(c.scalar(&sql, valores).await?.unwrap_or(0))
}

/// Names of several users, for lists that show who acted.
pub(crate) async fn nombres(
    c: &impl Consulta,
    ids: &[UsuarioId],
) -> Result<Vec<(UsuarioId, String)>, DbError> {
    #[derive(FromQueryResult)]
    struct Nombre {
        id: UsuarioId,
        nombre: String,
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let marcas = placeholders(1, ids.len());
    let sql = format!("SELECT id, nombre FROM usuarios WHERE id IN {marcas}");
    let filas: Vec<Nombre> = c.all(&sql, ids.iter().map(|id| Value::from(*id)).collect()).await?;
    Ok(filas.into_iter().map(|f| (f.id, f.nombre)).collect())
}
