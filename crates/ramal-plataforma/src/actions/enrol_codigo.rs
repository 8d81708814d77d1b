//! The second step of a user: enrolling a telephone, confirming it, using a code, taking it away.

use ramal_base::Cx;
use ramal_db::{Consulta, Tx};
use serde_json::json;

use crate::usuario::UsuarioId;
use crate::{Error, Registro, Sello, audit, codigo, storage};

/// Name under which the secret of a user's telephone is sealed.
fn nombre(id: UsuarioId) -> String {
    format!("usuario/{id}/segundo")
}

/// Keeps a new secret, not confirmed yet, and gives it; nothing is asked of the user until he
/// confirms.
///
/// Errors: `Sello`, `Storage`.
pub async fn begin_codigo(tx: &Tx, sello: &Sello, id: UsuarioId) -> Result<Vec<u8>, Error> {
    let secreto = codigo::new_secret()?;
    let sellado = sello.seal(&nombre(id), &secreto)?;
    storage::credenciales::set_segundo(tx, id, sellado).await?;
    Ok(secreto)
}

/// The secret that waits for its first code; `None` if none does.
pub async fn pending_codigo(
    c: &impl Consulta,
    sello: &Sello,
    id: UsuarioId,
) -> Result<Option<Vec<u8>>, Error> {
    let credenciales = storage::credenciales::credenciales(c, id).await?;
    let sellado = credenciales.filter(|c| !c.segundo_activo).and_then(|c| c.segundo);
    Ok(sellado.map(|s| sello.open(&nombre(id), &s)).transpose()?.map(crate::Secreto::into_bytes))
}

/// Confirms the telephone with a code of it and gives the recovery codes, which are kept hashed
/// and shown this once.
///
/// Errors: `CodigoIncorrecto`, `Sello`, `Storage`.
pub async fn confirm_codigo(
    tx: &Tx,
    cx: &Cx,
    sello: &Sello,
    (id, escrito): (UsuarioId, &str),
) -> Result<Vec<String>, Error> {
    let secreto = pending_codigo(tx, sello, id).await?.ok_or(Error::CodigoIncorrecto)?;
    let paso = codigo::step(&secreto, escrito, cx.now())?.ok_or(Error::CodigoIncorrecto)?;
    if storage::credenciales::take_paso(tx, id, paso).await? == 0 {
        return Err(Error::CodigoIncorrecto);
    }
    let respaldos = codigo::new_respaldos()?;
    let huellas: Vec<String> = respaldos.iter().map(|r| codigo::huella_respaldo(r)).collect();
    storage::credenciales::activate_segundo(tx, id, &huellas).await?;
    let registro = Registro::new("usuario.activar_codigo", "usuario", id)
        .antes(json!({"segundo_paso": false}))
        .despues(json!({"segundo_paso": true}));
    audit(tx, cx, registro).await?;
    Ok(respaldos)
}

/// Whether a code is of the user's telephone, or one of his recovery codes; either is used up.
///
/// Errors: `Sello`, `Storage`.
pub async fn use_codigo(
    tx: &Tx,
    cx: &Cx,
    sello: &Sello,
    (id, escrito): (UsuarioId, &str),
) -> Result<bool, Error> {
    let Some(c) = storage::credenciales::credenciales(tx, id).await? else { return Ok(false) };
    let Some(sellado) = c.segundo.as_ref().filter(|_| c.segundo_activo) else { return Ok(false) };
    let secreto = sello.open(&nombre(id), sellado)?;
    if let Some(paso) = codigo::step(&secreto, escrito, cx.now())? {
        return Ok(storage::credenciales::take_paso(tx, id, paso).await? == 1);
    }
    let (antes, huella) = (c.respaldos()?, codigo::huella_respaldo(escrito));
    if !antes.contains(&huella) {
        return Ok(false);
    }
    let despues: Vec<String> = antes.iter().filter(|h| **h != huella).cloned().collect();
    if storage::credenciales::take_respaldo(tx, id, (&antes, &despues)).await? == 0 {
        return Ok(false);
    }
    let registro = Registro::new("usuario.usar_respaldo", "usuario", id)
        .antes(json!({"respaldos": antes.len()}))
        .despues(json!({"respaldos": despues.len()}));
    audit(tx, cx, registro).await?;
    Ok(true)
}

/// Takes the second step away. Whoever calls has asked for the password, or has the permission.
///
/// Errors: `Storage`.
pub async fn remove_codigo(tx: &Tx, cx: &Cx, id: UsuarioId) -> Result<(), Error> {
    storage::credenciales::clear_segundo(tx, id).await?;
    let registro = Registro::new("usuario.quitar_codigo", "usuario", id)
        .antes(json!({"segundo_paso": true}))
        .despues(json!({"segundo_paso": false}));
    Ok(audit(tx, cx, registro).await?)
}
