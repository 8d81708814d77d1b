//! Where messages leave when the channels are emulated: a line and a mailbox of the house that
//! point at the emulators of this process. Real ones are set up by a person and never touched here.

use anyhow::Context;
use ramal_base::Pais;
use ramal_db::Tx;
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_mensajeria::actions::set_up::{Emulados, set_up};
use ramal_mensajeria::actions::write_ajustes::{save_correo, save_linea};
use ramal_mensajeria::ajustes::AjustesCorreo;
use ramal_mensajeria::jobs::TRABAJO_PLANTILLAS;
use ramal_mensajeria::storage::ajustes::{self, CORREO};
use ramal_mensajeria::storage::lineas::{self, Linea};
use ramal_plataforma::Modo;
use ramal_web::Entorno;
use serde_json::json;

use crate::casa::Casa;
use crate::conexiones::mode;
use crate::emuladores::Emuladores;
use crate::salida::problem;

/// Identifier at Meta of the emulated line.
const TELEFONO: &str = "100000000000001";
const CUENTA: &str = "200000000000002";
/// Sender of the letters that nobody gets.
const REMITENTE: &str = "avisos@ramal.example";

/// Points the emulated line and mailbox at where the emulators listen now; makes them the first
/// time. Without a company there is nobody to write to yet.
pub async fn point_at_emulators(
    casa: &Casa,
    emuladores: &Emuladores,
    entorno: &Entorno,
) -> anyhow::Result<()> {
    let empresa = ramal_plataforma::empresa_if_any(&casa.db).await.map_err(problem)?;
    let Some(empresa) = empresa else { return Ok(()) };
    let whatsapp = mode("WHATSAPP_MODE")? == Modo::Emulado;
    let correo = mode("MAIL_MODE")? == Modo::Emulado;
    let tx = casa.db.begin().await?;
    if whatsapp && correo {
        let suyos = emulated(emuladores, empresa.pais);
        set_up(&tx, &casa.cx, &casa.sello, &suyos).await.map_err(problem)?;
    }
    if whatsapp {
        move_line(casa, &tx, &emuladores.whatsapp.base).await?;
        let espejo = NuevoTrabajo::new(TRABAJO_PLANTILLAS, json!({})).with_clave("inicio");
        enqueue(&tx, &casa.cx, espejo).await?;
    }
    if correo {
        move_mailbox(casa, &tx, emuladores.correo.addr.port()).await?;
    }
    tx.commit().await?;
    if let Some(whatsapp) = &emuladores.whatsapp.aqui {
        whatsapp.redirect(Some(format!("{}/webhooks/whatsapp", entorno.url_publica)));
    }
    if let Some(pasarela) = &emuladores.pasarela.aqui {
        pasarela.set_aviso("acct_demo", &format!("{}/webhooks/stripe", entorno.url_publica));
    }
    Ok(())
}

/// Where the emulators listen and what they believe.
fn emulated(emuladores: &Emuladores, pais: Pais) -> Emulados {
    Emulados {
        whatsapp: emuladores.whatsapp.base.clone(),
        numero: "+52 1 55 0000 0000".to_owned(),
        telefono_id: TELEFONO.to_owned(),
        cuenta_id: CUENTA.to_owned(),
        token: "token-whatsapp-demo".to_owned(),
        app_secret: "secreto-app-demo".to_owned(),
        verify_token: "verifica-demo".to_owned(),
        smtp: emuladores.correo.addr.port(),
        remitente: REMITENTE.to_owned(),
        pais,
    }
}

/// The emulated line listens at another address after every start.
async fn move_line(casa: &Casa, tx: &Tx, base: &str) -> anyhow::Result<()> {
    let Some(linea) = lineas::by_telefono(tx, TELEFONO).await? else { return Ok(()) };
    if linea.base_url == base {
        return Ok(());
    }
    let linea = Linea { base_url: base.to_owned(), ..linea };
    let hecho = save_linea(tx, &casa.cx, &casa.sello, &linea, &[]).await;
    hecho.map_err(problem).context("línea de WhatsApp")
}

/// So does the emulated mailbox.
async fn move_mailbox(casa: &Casa, tx: &Tx, puerto: u16) -> anyhow::Result<()> {
    let guardado = ajustes::load::<AjustesCorreo>(tx, CORREO).await?;
    if guardado.valor.de != REMITENTE || guardado.valor.puerto == puerto {
        return Ok(());
    }
    let nuevos = AjustesCorreo { puerto, ..guardado.valor };
    let cambio = (guardado.version, &nuevos);
    let hecho = save_correo(tx, &casa.cx, &casa.sello, cambio, &[]).await;
    hecho.map_err(problem).context("correo")
}
