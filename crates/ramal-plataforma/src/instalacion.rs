//! The first administrator: made once, with the code that the server prints at its start, or from
//! the command line. Afterwards it does nothing.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use ramal_base::{CampoInvalido, Cx};
use ramal_db::{Consulta, Db, DbError, Tx};

use crate::actions::change_contrasena::change_contrasena;
use crate::actions::create_usuario::create_usuario;
use crate::usuario::{NuevoUsuario, RolDado, Usuario};
use crate::{Error, Sello, contrasena, rol, storage, usuario};

/// Letters of the code: none that is read as another.
const LETRAS: &[u8; 32] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789X";

/// The one-time code of the first run, `XXXX-XXXX-XXXX`, for the server to print at its start;
/// `None` once there are users.
///
/// It is the same at every start and in every process of the same master key, and it is worth
/// nothing after the first user.
pub async fn codigo_de_instalacion(
    c: &impl Consulta,
    sello: &Sello,
) -> Result<Option<String>, DbError> {
    let falta = !storage::usuarios::is_instalado(c).await?;
    Ok(falta.then(|| codigo(sello)))
}

fn codigo(sello: &Sello) -> String {
    let clave = sello.derive("codigo de instalacion");
    let letras: Vec<char> =
        clave[..12].iter().map(|b| char::from(LETRAS[usize::from(b & 31)])).collect();
    let grupos: Vec<String> = letras.chunks(4).map(|g| g.iter().collect()).collect();
    grupos.join("-")
}

/// Whether what was typed is the code; case, spaces and dashes do not count.
pub(crate) fn accepts(sello: &Sello, escrito: &str) -> bool {
    let plano = |texto: &str| {
        let limpio = texto.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        limpio.to_ascii_uppercase()
    };
    let (bueno, escrito) = (plano(&codigo(sello)), plano(escrito));
    verify_slices_are_equal(bueno.as_bytes(), escrito.as_bytes()).is_ok()
}

/// The first administrator of the page `/instalar`. The caller has checked the code.
///
/// Errors: `Instalado` if there are users already, also when two try at once; `Campos`; `Storage`.
pub async fn install(
    db: &Db,
    cx: &Cx,
    (correo, nombre): (&str, &str),
    escrita: &str,
) -> Result<Usuario, Error> {
    let hash = checked(correo, nombre, escrita).await?;
    let tx = db.begin().await?;
    match storage::usuarios::insert_instalacion(&tx, cx.now()).await {
        Err(DbError::Unique(_)) => return Err(Error::Instalado),
        otro => otro?,
    }
    let usuario = make(&tx, cx, (correo, nombre), &hash).await?;
    tx.commit().await?;
    Ok(usuario)
}

/// An administrator from the command line, whether there are users or not.
///
/// Errors: `UsuarioExists`, `Campos`, `Storage`.
pub async fn create_administrador(
    db: &Db,
    cx: &Cx,
    (correo, nombre): (&str, &str),
    escrita: &str,
) -> Result<Usuario, Error> {
    let hash = checked(correo, nombre, escrita).await?;
    let tx = db.begin().await?;
    let usuario = make(&tx, cx, (correo, nombre), &hash).await?;
    tx.commit().await?;
    Ok(usuario)
}

/// Every bad field at once; the hash of the password if there is none.
async fn checked(correo: &str, nombre: &str, escrita: &str) -> Result<String, Error> {
    let plano = correo.trim().to_ascii_lowercase();
    let malos: Vec<CampoInvalido> = [
        usuario::checked_correo(correo).err(),
        usuario::checked_nombre(nombre).err(),
        contrasena::check(escrita, &plano).err(),
    ]
    .into_iter()
    .flatten()
    .collect();
    if malos.is_empty() { contrasena::hash(escrita).await } else { Err(Error::Campos(malos)) }
}

async fn make(
    tx: &Tx,
    cx: &Cx,
    (correo, nombre): (&str, &str),
    hash: &str,
) -> Result<Usuario, Error> {
    let nuevo = NuevoUsuario {
        correo: correo.to_owned(),
        nombre: nombre.to_owned(),
        roles: vec![RolDado::everywhere(rol::ADMINISTRADOR)],
    };
    let usuario = create_usuario(tx, cx, &["*".to_owned()], nuevo).await?;
    change_contrasena(tx, cx, (usuario.id, hash), None).await?;
    Ok(usuario)
}
