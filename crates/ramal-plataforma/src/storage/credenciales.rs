//! SQL of what proves who somebody is: password, telephone, recovery links, failed attempts.
//! Secrets arrive here hashed or sealed.

use ramal_base::{Id, Instante};
use ramal_db::{Consulta, DbError, Tx, params};
use sea_orm::FromQueryResult;

use super::strings;
use crate::intento::{Guardia, MEMORIA_MS};
use crate::usuario::UsuarioId;

/// What a sign-in compares.
#[derive(FromQueryResult)]
pub(crate) struct Credenciales {
    /// PHC text; `None` without a password.
    pub contrasena: Option<String>,
    /// Sealed secret of the telephone.
    pub segundo: Option<Vec<u8>>,
    /// Whether it was confirmed.
    pub segundo_activo: bool,
    respaldos: String,
}

impl Credenciales {
    /// Digests of the recovery codes left.
    pub(crate) fn respaldos(&self) -> Result<Vec<String>, DbError> {
        strings(&self.respaldos)
    }
}

pub(crate) async fn credenciales(
    c: &impl Consulta,
    id: UsuarioId,
) -> Result<Option<Credenciales>, DbError> {
    const SQL: &str = "SELECT contrasena, segundo, segundo_activo, respaldos \
        FROM usuarios WHERE id = $1";
    c.opt(SQL, params![id]).await
}

pub(crate) async fn set_contrasena(tx: &Tx, id: UsuarioId, hash: &str) -> Result<(), DbError> {
    let sql = "UPDATE usuarios SET contrasena = $2, version = version + 1 WHERE id = $1";
    tx.exec(sql, params![id, hash]).await.map(|_| ())
}

/// Keeps a secret of a telephone that is not confirmed yet.
pub(crate) async fn set_segundo(tx: &Tx, id: UsuarioId, sellado: Vec<u8>) -> Result<(), DbError> {
    const SQL: &str = "UPDATE usuarios SET segundo = $2, segundo_activo = FALSE, \
        segundo_paso = 0, respaldos = '[]' WHERE id = $1 AND segundo_activo = FALSE";
    tx.exec(SQL, params![id, sellado]).await.map(|_| ())
}

pub(crate) async fn activate_segundo(
    tx: &Tx,
    id: UsuarioId,
    respaldos: &[String],
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE usuarios SET segundo_activo = TRUE, respaldos = $2, \
        version = version + 1 WHERE id = $1";
    let json = serde_json::Value::from(respaldos.to_vec()).to_string();
    tx.exec(SQL, params![id, json]).await.map(|_| ())
}

pub(crate) async fn clear_segundo(tx: &Tx, id: UsuarioId) -> Result<(), DbError> {
    const SQL: &str = "UPDATE usuarios SET segundo = NULL, segundo_activo = FALSE, \
        segundo_paso = 0, respaldos = '[]', version = version + 1 WHERE id = $1";
    tx.exec(SQL, params![id]).await.map(|_| ())
}

/// Takes a step of the telephone; 0 if it, or a later one, was used.
pub(crate) async fn take_paso(tx: &Tx, id: UsuarioId, paso: i64) -> Result<u64, DbError> {
    let sql = "UPDATE usuarios SET segundo_paso = $2 WHERE id = $1 AND segundo_paso < $2";
    tx.exec(sql, params![id, paso]).await
}

/// Takes a recovery code away; 0 if the codes are no longer those that were read.
pub(crate) async fn take_respaldo(
    tx: &Tx,
    id: UsuarioId,
    (antes, despues): (&[String], &[String]),
) -> Result<u64, DbError> {
    let json = |lista: &[String]| serde_json::Value::from(lista.to_vec()).to_string();
    let sql = "UPDATE usuarios SET respaldos = $3 WHERE id = $1 AND respaldos = $2";
    tx.exec(sql, params![id, json(antes), json(despues)]).await
}

#[derive(FromQueryResult)]
struct Conteo {
    fallos: i64,
    hasta: Instante,
}

/// Counts an attempt before it is made, so that attempts at once do not all pass; gives until when
/// to wait if the guard is up.
pub(crate) async fn take_intento(
    tx: &Tx,
    (guardia, sujeto): (Guardia, &str),
    ahora: Instante,
) -> Result<Option<Instante>, DbError> {
    const LEER: &str = "SELECT fallos, hasta FROM intentos WHERE clase = $1 AND sujeto = $2";
    const CONTAR: &str = "INSERT INTO intentos (clase, sujeto, fallos, ultimo, hasta) \
        VALUES ($1, $2, 1, $3, $3) ON CONFLICT (clase, sujeto) DO UPDATE SET \
        fallos = CASE WHEN intentos.ultimo < $4 THEN 1 ELSE intentos.fallos + 1 END, \
        ultimo = excluded.ultimo WHERE intentos.hasta <= $3 RETURNING fallos, hasta";
    const ESPERAR: &str = "UPDATE intentos SET hasta = $3 WHERE clase = $1 AND sujeto = $2";
    let clase = guardia.as_str();
    let olvido = ahora.plus_millis(-MEMORIA_MS);
    let contado: Option<Conteo> = tx.opt(CONTAR, params![clase, sujeto, ahora, olvido]).await?;
    let Some(contado) = contado else {
        let espera: Option<Conteo> = tx.opt(LEER, params![clase, sujeto]).await?;
        return Ok(Some(espera.map_or(ahora, |c| c.hasta)));
    };
    let espera = guardia.espera_ms(contado.fallos);
    if espera > 0 {
        tx.exec(ESPERAR, params![clase, sujeto, ahora.plus_millis(espera)]).await?;
    }
    Ok(None)
}

/// Forgets the failures of one subject.
pub(crate) async fn clear_intento(tx: &Tx, guardia: Guardia, sujeto: &str) -> Result<(), DbError> {
    let sql = "DELETE FROM intentos WHERE clase = $1 AND sujeto = $2";
    tx.exec(sql, params![guardia.as_str(), sujeto]).await.map(|_| ())
}

/// Takes one attempt back: it was right.
pub(crate) async fn give_intento_back(
    tx: &Tx,
    guardia: Guardia,
    sujeto: &str,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE intentos SET fallos = fallos - 1, hasta = ultimo \
        WHERE clase = $1 AND sujeto = $2 AND fallos > 0";
    tx.exec(SQL, params![guardia.as_str(), sujeto]).await.map(|_| ())
}

/// Row of a recovery link.
pub(crate) struct Recuperacion;

#[derive(FromQueryResult)]
pub(crate) struct Enlace {
    pub id: Id<Recuperacion>,
    pub usuario_id: UsuarioId,
    pub vence: Instante,
    pub usada: Option<Instante>,
}

pub(crate) async fn insert_recuperacion(
    tx: &Tx,
    id: Id<Recuperacion>,
    (usuario, huella): (UsuarioId, &str),
    (creada, vence): (Instante, Instante),
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO recuperaciones (id, usuario_id, huella, creada, vence) \
        VALUES ($1,$2,$3,$4,$5)";
    tx.exec(SQL, params![id, usuario, huella, creada, vence]).await.map(|_| ())
}

pub(crate) async fn recuperacion(
    c: &impl Consulta,
    huella: &str,
) -> Result<Option<Enlace>, DbError> {
    let sql = "SELECT id, usuario_id, vence, usada FROM recuperaciones WHERE huella = $1";
    c.opt(sql, params![huella]).await
}

/// Uses a link up, and with it every other link of the user; 0 if it was used.
pub(crate) async fn use_recuperacion(
    tx: &Tx,
    enlace: &Enlace,
    ahora: Instante,
) -> Result<u64, DbError> {
    let sql = "UPDATE recuperaciones SET usada = $2 WHERE id = $1 AND usada IS NULL";
    let hecho = tx.exec(sql, params![enlace.id, ahora]).await?;
    void_recuperaciones(tx, enlace.usuario_id, ahora).await?;
    Ok(hecho)
}

/// Makes every link of a user useless.
pub(crate) async fn void_recuperaciones(
    tx: &Tx,
    usuario: UsuarioId,
    ahora: Instante,
) -> Result<(), DbError> {
    let sql = "UPDATE recuperaciones SET usada = $2 WHERE usuario_id = $1 AND usada IS NULL";
    tx.exec(sql, params![usuario, ahora]).await.map(|_| ())
}

/// Notes a logout token of the provider; 0 if it came before.
pub(crate) async fn insert_salida(tx: &Tx, jti: &str, vence: Instante) -> Result<u64, DbError> {
    let sql = "INSERT INTO oidc_salidas (jti, vence) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.exec(sql, params![jti, vence]).await
}

/// Removes what nobody can use any more; gives the rows removed.
pub(crate) async fn purge(tx: &Tx, ahora: Instante) -> Result<u64, DbError> {
    const DIA_MS: i64 = 86_400_000;
    let ayer = ahora.plus_millis(-DIA_MS);
    let mut hechas = 0;
    for sql in [
        "DELETE FROM sesiones WHERE vence < $1",
        "DELETE FROM recuperaciones WHERE vence < $1",
        "DELETE FROM intentos WHERE ultimo < $1",
        "DELETE FROM oidc_salidas WHERE vence < $1",
        "DELETE FROM avisos_salientes WHERE creado < $1",
    ] {
        hechas += tx.exec(sql, params![ayer]).await?;
    }
    Ok(hechas)
}
