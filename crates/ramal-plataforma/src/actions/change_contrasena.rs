//! Putting a password and the links that allow it. The slow hash is made before, outside of any
//! transaction.

use ramal_base::Cx;
use ramal_db::Tx;

use crate::avisador::AvisoSaliente;
use crate::puerta::Puerta;
use crate::sesion::{self, SesionId};
use crate::usuario::UsuarioId;
use crate::{Error, Registro, audit, storage};

/// Life of a recovery link, in milliseconds.
pub const ENLACE_MS: i64 = 30 * 60_000;

/// Puts a password, already hashed, and ends the other sessions and links of the user.
///
/// Errors: `Storage`.
pub async fn change_contrasena(
    tx: &Tx,
    cx: &Cx,
    (id, hash): (UsuarioId, &str),
    salvo: Option<SesionId>,
) -> Result<(), Error> {
    storage::credenciales::set_contrasena(tx, id, hash).await?;
    storage::sesiones::delete_sesiones(tx, id, salvo).await?;
    storage::credenciales::void_recuperaciones(tx, id, cx.now()).await?;
    Ok(audit(tx, cx, Registro::new("usuario.cambiar_contrasena", "usuario", id)).await?)
}

/// Makes a link with which a user puts a password, once, within 30 minutes, and has him told.
/// Gives the link; the links before it stop being good.
///
/// Errors: `UsuarioNotFound`, `Sello`, `Storage`.
pub async fn make_enlace(
    tx: &Tx,
    cx: &Cx,
    (puerta, url_publica): (&Puerta, &str),
    id: UsuarioId,
) -> Result<String, Error> {
    storage::usuarios::usuario(tx, id).await?;
    let token = sesion::new_token()?;
    let (ahora, vence) = (cx.now(), cx.now().plus_millis(ENLACE_MS));
    storage::credenciales::void_recuperaciones(tx, id, ahora).await?;
    let huella = sesion::huella(&token);
    let fila = (id, huella.as_str());
    storage::credenciales::insert_recuperacion(tx, cx.new_id(), fila, (ahora, vence)).await?;
    let enlace = format!("{url_publica}/recuperar/{token}");
    let aviso = AvisoSaliente { usuario: id, clase: "recuperacion", texto: enlace.clone() };
    puerta.avisador.leave(tx, cx, aviso).await?;
    audit(tx, cx, Registro::new("usuario.enviar_enlace", "usuario", id)).await?;
    Ok(enlace)
}

/// Uses a link up and puts the password that was typed there, already hashed. Gives whose it is.
///
/// Errors: `EnlaceVencido`, `Storage`.
pub async fn redeem_enlace(tx: &Tx, cx: &Cx, token: &str, hash: &str) -> Result<UsuarioId, Error> {
    let enlace = storage::credenciales::recuperacion(tx, &sesion::huella(token)).await?;
    let enlace = enlace.filter(|e| cx.now() < e.vence).ok_or(Error::EnlaceVencido)?;
    if storage::credenciales::use_recuperacion(tx, &enlace, cx.now()).await? == 0 {
        return Err(Error::EnlaceVencido);
    }
    let cx = cx.as_actor(&crate::usuario::actor(enlace.usuario_id));
    change_contrasena(tx, &cx, (enlace.usuario_id, hash), None).await?;
    Ok(enlace.usuario_id)
}
