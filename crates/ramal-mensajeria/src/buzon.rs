//! The mailbox as the settings say, with its secrets opened. It sends nothing and keeps nothing:
//! whoever opens it may keep it while the settings stay.

use std::sync::Arc;

use ramal_base::{Clock, Cx};
use ramal_canales::correo::oauth::{AlRotar, ConfigOauth, RefrescoOauth};
use ramal_canales::correo::smtp::{AccesoSmtp, ConfigSmtp, Seguridad, Smtp};
use ramal_canales::{CausaDetener, FallaEnvio, Secreto};
use ramal_db::Db;
use ramal_plataforma::{Sello, put_secret};

use crate::ajustes::{
    AjustesCorreo, Cifrado, Ingreso, SECRETO_CORREO, SECRETO_OAUTH, SECRETO_REFRESCO,
};
use crate::canales::open_secret;
use crate::storage::ajustes::{self, Versionado};

/// Where a mailbox is opened from.
#[derive(Clone)]
pub(crate) struct Casa {
    pub(crate) db: Db,
    pub(crate) sello: Arc<Sello>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Settings of the mailbox as they are now.
pub(crate) async fn settings(db: &Db) -> Result<Versionado<AjustesCorreo>, FallaEnvio> {
    ajustes::load(db, ajustes::CORREO)
        .await
        .map_err(|_| FallaEnvio::retry("base", "la base de datos no respondió"))
}

fn stop(codigo: &str, mensaje: &str) -> FallaEnvio {
    FallaEnvio::stop(codigo, mensaje, CausaDetener::Configuracion)
}

/// Opens the mailbox. Errors: `Detener` if something is missing in the settings.
pub(crate) async fn open(casa: &Casa, ajustes: &AjustesCorreo) -> Result<Smtp, FallaEnvio> {
    if !ajustes.is_ready() {
        return Err(stop("sin_configurar", "falta configurar el correo"));
    }
    let config = ConfigSmtp {
        puerto: if ajustes.puerto == 0 { 587 } else { ajustes.puerto },
        seguridad: match ajustes.cifrado {
            Cifrado::Starttls => Seguridad::StartTls,
            Cifrado::Tls => Seguridad::Implicita,
            Cifrado::Ninguno => Seguridad::Ninguna,
        },
        acceso: access(casa, ajustes).await?,
        ..ConfigSmtp::new(&ajustes.servidor, ajustes.dominio())
    };
    Smtp::new(config, casa.clock.clone())
}

async fn access(casa: &Casa, ajustes: &AjustesCorreo) -> Result<Option<AccesoSmtp>, FallaEnvio> {
    let usuario = ajustes.usuario.clone();
    match ajustes.ingreso {
        Ingreso::Ninguno => Ok(None),
        Ingreso::Contrasena => {
            let clave = needed(casa, SECRETO_CORREO).await?;
            Ok(Some(AccesoSmtp::Clave { usuario, clave }))
        }
        Ingreso::Xoauth2 => {
            let config = ConfigOauth {
                url: ajustes.url_token.clone(),
                cliente: ajustes.oauth_id.clone(),
                secreto: open_secret(&casa.db, &casa.sello, SECRETO_OAUTH).await?,
                refresco: needed(casa, SECRETO_REFRESCO).await?,
                alcance: Some(ajustes.alcance.clone()).filter(|a| !a.is_empty()),
                al_rotar: Some(keeper(casa.clone())),
            };
            let fuente = Arc::new(RefrescoOauth::new(config, casa.clock.clone())?);
            Ok(Some(AccesoSmtp::Oauth { usuario, fuente }))
        }
    }
}

async fn needed(casa: &Casa, nombre: &str) -> Result<Secreto, FallaEnvio> {
    let secreto = open_secret(&casa.db, &casa.sello, nombre).await?;
    secreto.ok_or_else(|| stop("sin_secreto", "falta la contraseña o el token del correo"))
}

/// Keeps, sealed, the refresh token that the provider changed.
fn keeper(casa: Casa) -> AlRotar {
    Arc::new(move |nuevo: &Secreto| {
        let (casa, nuevo) = (casa.clone(), nuevo.clone());
        tokio::spawn(async move {
            if let Err(error) = keep(&casa, &nuevo).await {
                tracing::error!(%error, "the new refresh token of the mailbox was not kept");
            }
        });
    })
}

async fn keep(casa: &Casa, nuevo: &Secreto) -> Result<(), crate::Error> {
    let cx = Cx::with_clock(casa.clock.clone(), "trabajo:correo");
    let tx = casa.db.begin().await?;
    put_secret(&tx, &cx, &casa.sello, SECRETO_REFRESCO, nuevo.expose().as_bytes()).await?;
    Ok(tx.commit().await?)
}
