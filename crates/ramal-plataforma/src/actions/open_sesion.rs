//! Opening and ending sessions. It asks for no password: whoever calls has.

use ramal_base::Cx;
use ramal_db::Tx;
use serde_json::json;

use crate::sesion::{self, Metodo, SesionId, VIDA_MS};
use crate::storage::sesiones::NuevaSesion;
use crate::usuario::UsuarioId;
use crate::{Error, Registro, audit, storage};

/// Where and how somebody signs in.
#[derive(Clone, Debug)]
pub struct Ingreso {
    /// Who.
    pub usuario: UsuarioId,
    /// How he proved it.
    pub metodo: Metodo,
    /// From which address, if it is known.
    pub direccion: Option<String>,
    /// The `User-Agent`, as it came.
    pub agente: String,
    /// Subject and session at the identity provider.
    pub oidc: (Option<String>, Option<String>),
}

/// Opens a session and gives its token, which the browser keeps and nobody else. Always a new one:
/// a token from before signing in is worth nothing after it. What expired long ago is swept away.
///
/// Errors: `Sello` without random numbers; `Storage`.
pub async fn open_sesion(tx: &Tx, cx: &Cx, ingreso: &Ingreso) -> Result<String, Error> {
    let (token, ahora) = (sesion::new_token()?, cx.now());
    let (huella, agente) = (sesion::huella(&token), sesion::resumen_agente(&ingreso.agente));
    let direccion = ingreso.direccion.as_deref().unwrap_or("-");
    let nueva = NuevaSesion {
        id: cx.new_id(),
        huella: &huella,
        usuario: ingreso.usuario,
        metodo: ingreso.metodo,
        direccion,
        agente: &agente,
        oidc: (ingreso.oidc.0.as_deref(), ingreso.oidc.1.as_deref()),
        creada: ahora,
        vence: ahora.plus_millis(VIDA_MS),
    };
    storage::credenciales::purge(tx, ahora).await?;
    storage::sesiones::insert_sesion(tx, &nueva).await?;
    storage::usuarios::mark_ingreso(tx, ingreso.usuario, ahora).await?;
    let cx = cx.as_actor(&crate::usuario::actor(ingreso.usuario));
    let registro = Registro::new("sesion.abrir", "usuario", ingreso.usuario).despues(
        json!({"metodo": ingreso.metodo.as_str(), "direccion": direccion, "agente": agente}),
    );
    audit(tx, &cx, registro).await?;
    Ok(token)
}

/// Puts another token in the place of a session's. Gives it; `None` if another request did.
///
/// Errors: `Sello`, `Storage`.
pub async fn rotate_sesion(
    tx: &Tx,
    cx: &Cx,
    id: SesionId,
    vieja: &str,
) -> Result<Option<String>, Error> {
    let token = sesion::new_token()?;
    let huellas = (sesion::huella(vieja), sesion::huella(&token));
    let par = (huellas.0.as_str(), huellas.1.as_str());
    let hechas = storage::sesiones::rotate(tx, id, par, cx.now()).await?;
    Ok((hechas == 1).then_some(token))
}

/// Ends one session of a user. Errors: `SesionNotFound` if it is not his; `Storage`.
pub async fn close_sesion(tx: &Tx, cx: &Cx, usuario: UsuarioId, id: SesionId) -> Result<(), Error> {
    if storage::sesiones::delete_sesion(tx, usuario, id).await? == 0 {
        return Err(Error::SesionNotFound);
    }
    let registro = Registro::new("sesion.cerrar", "usuario", usuario);
    Ok(audit(tx, cx, registro.antes(json!({"sesion": id}))).await?)
}

/// Ends the sessions of a user but one; gives how many.
///
/// Errors: `Storage`.
pub async fn close_sesiones(
    tx: &Tx,
    cx: &Cx,
    usuario: UsuarioId,
    salvo: Option<SesionId>,
) -> Result<u64, Error> {
    let cerradas = storage::sesiones::delete_sesiones(tx, usuario, salvo).await?;
    if cerradas > 0 {
        let registro = Registro::new("sesion.cerrar_todas", "usuario", usuario);
        audit(tx, cx, registro.despues(json!({"cerradas": cerradas}))).await?;
    }
    Ok(cerradas)
}
