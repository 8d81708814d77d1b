//! Sets up the channels of a demonstration or a test bench against emulators of this machine: a
//! line, a mailbox, and the templates asked for. It touches nothing that somebody set up already.

use ramal_base::{Cx, Pais};
use ramal_db::Tx;
use ramal_plataforma::Sello;

use super::write_ajustes;
use crate::ajustes::{AjustesCorreo, Cifrado, Ingreso};
use crate::storage::ajustes;
use crate::storage::lineas::{self, Linea};
use crate::{Error, registro_meta};

/// Where the emulators are and what they believe.
#[derive(Clone, Debug)]
pub struct Emulados {
    /// Address of the emulated Graph API: `http://127.0.0.1:<port>`.
    pub whatsapp: String,
    /// Number of the line as people see it.
    pub numero: String,
    /// Identifier of the line at the emulator.
    pub telefono_id: String,
    /// Account at the emulator.
    pub cuenta_id: String,
    /// Token.
    pub token: String,
    /// Secret of the signatures.
    pub app_secret: String,
    /// Token of the handshake.
    pub verify_token: String,
    /// Port of the emulated mail server at 127.0.0.1.
    pub smtp: u16,
    /// Sender of letters.
    pub remitente: String,
    /// Country whose templates are registered.
    pub pais: Pais,
}

/// Sets up what is missing, in the transaction of the caller. May be called twice.
///
/// Errors: `Campos` if something is not what the settings admit, `Storage`.
pub async fn set_up(tx: &Tx, cx: &Cx, sello: &Sello, e: &Emulados) -> Result<(), Error> {
    if lineas::lineas(tx).await?.is_empty() {
        let linea = Linea {
            id: cx.new_id::<Linea>().uuid(),
            nombre: "WhatsApp".to_owned(),
            numero: e.numero.clone(),
            telefono_id: e.telefono_id.clone(),
            cuenta_id: e.cuenta_id.clone(),
            version_graph: "v24.0".to_owned(),
            base_url: e.whatsapp.clone(),
            activa: true,
            por_segundo: 20,
            ultimo_entrante: None,
            version: 0,
            creado: cx.now(),
        };
        let secretos = [
            ("token", e.token.clone()),
            ("app_secret", e.app_secret.clone()),
            ("verify_token", e.verify_token.clone()),
        ];
        write_ajustes::save_linea(tx, cx, sello, &linea, &secretos).await?;
        registro_meta::submit_plantillas(tx, cx, e.pais).await?;
    }
    let actual = ajustes::load::<AjustesCorreo>(tx, ajustes::CORREO).await?;
    if actual.valor.is_ready() {
        return Ok(());
    }
    let correo = AjustesCorreo {
        servidor: "127.0.0.1".to_owned(),
        puerto: e.smtp,
        cifrado: Cifrado::Ninguno,
        ingreso: Ingreso::Ninguno,
        de: e.remitente.clone(),
        ..AjustesCorreo::default()
    };
    write_ajustes::save_correo(tx, cx, sello, (actual.version, &correo), &[]).await
}
