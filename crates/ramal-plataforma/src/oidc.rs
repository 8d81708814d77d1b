//! Sign-in by the identity provider: which of our users its claims name and which roles they bring.
//! The protocol is `ramal-oidc`'s.

use std::collections::BTreeMap;
use std::sync::Arc;

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_oidc::{Proveedor, Reclamos, SalidaRemota};
use serde_json::json;

use crate::actions::create_usuario::create_usuario;
use crate::usuario::{EstadoUsuario, NuevoUsuario, RolDado, Usuario, UsuarioId};
use crate::{Error, Registro, audit, storage};

/// What happens to somebody whom the provider knows and we do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desconocidos {
    /// A user is made, with the roles that his claims bring.
    Crear,
    /// He is refused.
    Rechazar,
}

/// The provider, and what its roles mean here.
#[derive(Clone)]
pub struct AjustesOidc {
    /// The provider.
    pub proveedor: Arc<Proveedor>,
    /// Role there → code of a role here. A role that is not named brings nothing.
    pub roles: BTreeMap<String, String>,
    /// Somebody whom we do not know.
    pub desconocidos: Desconocidos,
}

impl AjustesOidc {
    /// A provider whose roles are named as ours, and which may bring new users.
    pub fn new(proveedor: Proveedor) -> AjustesOidc {
        const NUESTROS: [&str; 8] = [
            "administrador",
            "operador",
            "consulta",
            "tecnico",
            "soporte",
            "cobranzas",
            "agente",
            "cliente",
        ];
        AjustesOidc {
            proveedor: Arc::new(proveedor),
            roles: NUESTROS.iter().map(|r| ((*r).to_owned(), (*r).to_owned())).collect(),
            desconocidos: Desconocidos::Crear,
        }
    }

    /// Roles here of somebody with these roles there.
    fn mapped(&self, suyos: &[String]) -> Vec<RolDado> {
        let codigos = suyos.iter().filter_map(|r| self.roles.get(r));
        let mut dados: Vec<RolDado> = codigos.map(RolDado::everywhere).collect();
        dados.sort();
        dados.dedup();
        dados
    }
}

/// The user of checked claims, made or found, with the roles that they bring.
///
/// A user of ours is tied to the provider by a verified e-mail alone. Roles of a branch stay; the
/// others become those of the claims, if they bring any.
/// Errors: `Proveedor` (nobody of ours, or an e-mail that is not verified), `Suspendido`,
/// `UltimoAdministrador`, `Storage`.
pub async fn settle(
    tx: &Tx,
    cx: &Cx,
    ajustes: &AjustesOidc,
    reclamos: &Reclamos,
) -> Result<Usuario, Error> {
    let usuario = match storage::usuarios::usuario_por_sub(tx, &reclamos.sub).await? {
        Some(usuario) => usuario,
        None => tied(tx, cx, ajustes, reclamos).await?,
    };
    if usuario.estado == EstadoUsuario::Suspendido {
        return Err(Error::Suspendido);
    }
    sync_roles(tx, cx, usuario.id, ajustes.mapped(&reclamos.roles)).await?;
    Ok(usuario)
}

async fn tied(
    tx: &Tx,
    cx: &Cx,
    ajustes: &AjustesOidc,
    reclamos: &Reclamos,
) -> Result<Usuario, Error> {
    let correo = reclamos.correo.as_deref().filter(|_| reclamos.correo_verificado);
    let correo = correo.ok_or(Error::Proveedor)?;
    let usuario = match storage::usuarios::usuario_por_correo(tx, correo).await? {
        Some(usuario) if usuario.con_proveedor => return Err(Error::Proveedor),
        Some(usuario) => usuario,
        None if ajustes.desconocidos == Desconocidos::Rechazar => return Err(Error::Proveedor),
        None => {
            let nombre = reclamos.nombre.clone().unwrap_or_else(|| correo.to_owned());
            let nuevo = NuevoUsuario { correo: correo.to_owned(), nombre, roles: Vec::new() };
            create_usuario(tx, cx, &[], nuevo).await?
        }
    };
    storage::usuarios::set_oidc_sub(tx, usuario.id, &reclamos.sub).await?;
    audit(tx, cx, Registro::new("usuario.vincular_proveedor", "usuario", usuario.id)).await?;
    Ok(usuario)
}

async fn sync_roles(tx: &Tx, cx: &Cx, id: UsuarioId, traidos: Vec<RolDado>) -> Result<(), Error> {
    if traidos.is_empty() {
        return Ok(());
    }
    storage::usuarios::lock_administradores(tx).await?;
    let tenia = storage::usuarios::roles_de(tx, id).await?;
    let conocidos = storage::roles::roles(tx).await?;
    let existe = |d: &RolDado| conocidos.iter().any(|r| r.codigo == d.rol);
    let suyos = tenia.iter().filter(|d| d.sucursal.is_some()).cloned();
    let mut roles: Vec<RolDado> = traidos.into_iter().filter(existe).chain(suyos).collect();
    roles.sort();
    if roles == tenia {
        return Ok(());
    }
    let habia = storage::usuarios::administradores(tx).await?;
    storage::usuarios::replace_roles(tx, cx, id, &roles).await?;
    if habia > 0 && storage::usuarios::administradores(tx).await? == 0 {
        return Err(Error::UltimoAdministrador);
    }
    let codigos = |lista: &[RolDado]| lista.iter().map(|d| d.rol.clone()).collect::<Vec<_>>();
    let registro = Registro::new("usuario.roles_del_proveedor", "usuario", id)
        .antes(json!({"roles": codigos(&tenia)}))
        .despues(json!({"roles": codigos(&roles)}));
    Ok(audit(tx, cx, registro).await?)
}

/// Ends the sessions that a checked logout order names; gives how many.
///
/// Errors: `Proveedor` if the order came before; `Storage`.
pub async fn sign_out(tx: &Tx, cx: &Cx, orden: &SalidaRemota) -> Result<u64, Error> {
    if storage::credenciales::insert_salida(tx, &orden.jti, orden.recordar_hasta).await? == 0 {
        return Err(Error::Proveedor);
    }
    let (sub, sid) = (orden.sub.as_deref(), orden.sid.as_deref());
    let cerradas = storage::sesiones::delete_oidc(tx, sub, sid).await?;
    let registro = Registro::new("sesion.cerrar_por_proveedor", "proveedor", "oidc");
    audit(tx, cx, registro.despues(json!({"cerradas": cerradas}))).await?;
    Ok(cerradas)
}
