//! The sign-in as a flow: attempts are counted before the slow comparison, which no transaction
//! waits for. It renders nothing and sets no cookie.

use ramal_base::{Cx, Instante};
use ramal_db::Db;
use ramal_web::{App, Firma};
use sha2::{Digest, Sha256};

use crate::actions::change_contrasena::{make_enlace, redeem_enlace};
use crate::actions::enrol_codigo::use_codigo;
use crate::intento::Guardia;
use crate::puerta::Puerta;
use crate::usuario::{EstadoUsuario, Usuario, UsuarioId};
use crate::{Error, Sello, contrasena, sesion, storage};

/// Life of a sign-in that waits for its code, in milliseconds.
const PASO_MS: i64 = 5 * 60_000;
const USO_PASO: &str = "segundo_paso";

/// Counts an attempt of several guards, or tells how long to wait. Says nothing of whether the
/// account exists.
///
/// Errors: `Bloqueado`, `Storage`.
pub async fn guard(db: &Db, cx: &Cx, guardias: &[(Guardia, String)]) -> Result<(), Error> {
    let tx = db.begin().await?;
    let mut hasta: Option<Instante> = None;
    for (guardia, sujeto) in guardias {
        let espera = storage::credenciales::take_intento(&tx, (*guardia, sujeto), cx.now()).await?;
        hasta = hasta.max(espera);
    }
    tx.commit().await?;
    match hasta {
        None => Ok(()),
        Some(hasta) => {
            let faltan = hasta.millis().saturating_sub(cx.now().millis());
            Err(Error::Bloqueado((faltan.max(1) + 999) / 1000))
        }
    }
}

/// The failures of an account that turned out right are forgotten; of an address, this one alone.
async fn forgive(db: &Db, guardias: &[(Guardia, String)]) -> Result<(), Error> {
    let tx = db.begin().await?;
    for (guardia, sujeto) in guardias {
        match guardia {
            Guardia::Direccion => {
                storage::credenciales::give_intento_back(&tx, *guardia, sujeto).await?;
            }
            _ => storage::credenciales::clear_intento(&tx, *guardia, sujeto).await?,
        }
    }
    Ok(tx.commit().await?)
}

/// An e-mail as the table of attempts has it: nobody reads it back.
fn cuenta(correo: &str) -> String {
    let plano = correo.trim().to_ascii_lowercase();
    hex::encode(Sha256::digest(format!("cuenta:{plano}").as_bytes()))
}

fn with_address(guardia: (Guardia, String), direccion: Option<&str>) -> Vec<(Guardia, String)> {
    let lugar = direccion.map(|d| (Guardia::Direccion, d.to_owned()));
    std::iter::once(guardia).chain(lugar).collect()
}

/// The user of an e-mail and a password. The same work is done whether the account exists or not.
///
/// Errors: `Bloqueado`, `Credenciales`, `Suspendido` (the password was right), `Storage`.
pub async fn check_contrasena(
    app: &App,
    direccion: Option<&str>,
    correo: &str,
    escrita: &str,
) -> Result<Usuario, Error> {
    let guardias = with_address((Guardia::Cuenta, cuenta(correo)), direccion);
    guard(&app.db, &app.cx, &guardias).await?;
    let usuario = storage::usuarios::usuario_por_correo(&app.db, correo).await?;
    let id = usuario.as_ref().map_or(UsuarioId::from_uuid(uuid::Uuid::nil()), |u| u.id);
    let guardada = storage::credenciales::credenciales(&app.db, id).await?;
    let igual = contrasena::verify(guardada.and_then(|c| c.contrasena), escrita).await?;
    let usuario = usuario.filter(|_| igual).ok_or(Error::Credenciales)?;
    forgive(&app.db, &guardias).await?;
    match usuario.estado {
        EstadoUsuario::Activo => Ok(usuario),
        EstadoUsuario::Suspendido => Err(Error::Suspendido),
    }
}

/// Whether a password is that of somebody signed in: for acts that ask for it again.
///
/// Errors: `Bloqueado`, `Storage`; a field error if it is wrong.
pub async fn confirm_contrasena(app: &App, usuario: &Usuario, escrita: &str) -> Result<(), Error> {
    let guardias = [(Guardia::Cuenta, cuenta(&usuario.correo))];
    guard(&app.db, &app.cx, &guardias).await?;
    let guardada = storage::credenciales::credenciales(&app.db, usuario.id).await?;
    if contrasena::verify(guardada.and_then(|c| c.contrasena), escrita).await? {
        return forgive(&app.db, &guardias).await;
    }
    let motivo = "Esa no es la contraseña actual.";
    Err(Error::Campos(vec![ramal_base::CampoInvalido::new(
        "contrasena_actual",
        "contrasena_distinta",
        motivo,
    )]))
}

/// Checks a code of the telephone, or a recovery code, of somebody whose password was right.
///
/// Errors: `Bloqueado`, `CodigoIncorrecto`, `Sello`, `Storage`.
pub async fn check_codigo(
    app: &App,
    sello: &Sello,
    (id, direccion): (UsuarioId, Option<&str>),
    escrito: &str,
) -> Result<(), Error> {
    let guardias = with_address((Guardia::Codigo, id.to_string()), direccion);
    guard(&app.db, &app.cx, &guardias).await?;
    let cx = app.cx.as_actor(&crate::usuario::actor(id));
    let tx = app.db.begin().await?;
    let bueno = use_codigo(&tx, &cx, sello, (id, escrito)).await?;
    tx.commit().await?;
    if !bueno {
        return Err(Error::CodigoIncorrecto);
    }
    forgive(&app.db, &guardias).await
}

/// What the browser keeps between the password and the code: who, until when, and the version of
/// the user, so that a change of password voids it.
pub fn sign_paso(firma: &Firma, usuario: &Usuario, ahora: Instante) -> String {
    let hasta = ahora.plus_millis(PASO_MS).millis();
    firma.sign(USO_PASO, &format!("{}:{}:{hasta}", usuario.id, usuario.version))
}

/// Whose sign-in waits for its code; `None` if it expired, was touched, or the user changed.
pub async fn open_paso(app: &App, firmado: &str) -> Result<Option<Usuario>, Error> {
    let Some(texto) = app.entorno.firma.open(USO_PASO, firmado) else { return Ok(None) };
    let mut partes = texto.split(':');
    let id = partes.next().and_then(|t| t.parse::<UsuarioId>().ok());
    let version = partes.next().and_then(|t| t.parse::<i64>().ok());
    let hasta = partes.next().and_then(|t| t.parse::<i64>().ok());
    let (Some(id), Some(version), Some(hasta)) = (id, version, hasta) else { return Ok(None) };
    if app.cx.now().millis() >= hasta {
        return Ok(None);
    }
    let usuario = storage::usuarios::usuario(&app.db, id).await?;
    let sigue = usuario.version == version && usuario.estado == EstadoUsuario::Activo;
    Ok(Some(usuario).filter(|_| sigue))
}

/// Asks for a link with which to put a password. Nobody is told whether the account exists: the
/// answer, and the one transaction behind it, are the same.
///
/// Errors: `Bloqueado` (by address), `Storage`.
pub async fn request_enlace(
    app: &App,
    puerta: &Puerta,
    direccion: Option<&str>,
    correo: &str,
) -> Result<(), Error> {
    if let Some(direccion) = direccion {
        guard(&app.db, &app.cx, &[(Guardia::Direccion, direccion.to_owned())]).await?;
    }
    let usuario = storage::usuarios::usuario_por_correo(&app.db, correo).await?;
    let usuario = usuario.filter(|u| u.estado == EstadoUsuario::Activo);
    let tx = app.db.begin().await?;
    let sujeto = cuenta(correo);
    let guardia = (Guardia::Recuperacion, sujeto.as_str());
    let espera = storage::credenciales::take_intento(&tx, guardia, app.cx.now()).await?;
    if let (Some(usuario), None) = (usuario, espera) {
        let cx = app.cx.as_actor(&usuario.actor());
        make_enlace(&tx, &cx, (puerta, &app.entorno.url_publica), usuario.id).await?;
    }
    Ok(tx.commit().await?)
}

/// Whose link it is, while it is good. Errors: `EnlaceVencido`, `Storage`.
pub async fn open_enlace(app: &App, token: &str) -> Result<Usuario, Error> {
    let enlace = storage::credenciales::recuperacion(&app.db, &sesion::huella(token)).await?;
    let bueno = enlace.filter(|e| e.usada.is_none() && app.cx.now() < e.vence);
    let usuario = bueno.ok_or(Error::EnlaceVencido)?.usuario_id;
    storage::usuarios::usuario(&app.db, usuario).await
}

/// Puts the password typed at a link. Errors: `EnlaceVencido`, `Campos`, `Storage`.
pub async fn redeem(app: &App, token: &str, escrita: &str) -> Result<UsuarioId, Error> {
    let usuario = open_enlace(app, token).await?;
    contrasena::check(escrita, &usuario.correo).map_err(|c| Error::Campos(vec![c]))?;
    let hash = contrasena::hash(escrita).await?;
    let tx = app.db.begin().await?;
    let id = redeem_enlace(&tx, &app.cx, token, &hash).await?;
    storage::credenciales::clear_intento(&tx, Guardia::Cuenta, &cuenta(&usuario.correo)).await?;
    tx.commit().await?;
    Ok(id)
}
