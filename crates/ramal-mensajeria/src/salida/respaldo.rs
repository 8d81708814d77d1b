//! The second channel, exactly once: after a refusal for good, or after hours without a word. It
//! also makes good a closed window with a template on the same channel.

use async_trait::async_trait;
use ramal_canales::{FallaEnvio, whatsapp::of_codigo};
use ramal_jobs::{JobError, Manejador, Trabajo};

use super::armar::Encargo;
use super::lanzar::{Motivo, launch};
use super::preparar::job_error;
use super::{DatosEnvio, Servicio, asiento};
use crate::actions::notify::channels_open;
use crate::jobs::TRABAJO_RESPALDO;
use crate::storage::envios::{self, EnvioFila};
use crate::storage::{ajustes, notificaciones};
use crate::{Canal, EnvioId, Error, EstadoEnvio};

/// Handler of [`TRABAJO_RESPALDO`].
pub struct Respaldo(pub Servicio);

#[async_trait]
impl Manejador for Respaldo {
    fn tipo(&self) -> &'static str {
        TRABAJO_RESPALDO
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos: DatosEnvio = trabajo.datos_as()?;
        make_good(&self.0, datos.envio).await.map_err(|e| job_error(&e))
    }
}

async fn make_good(servicio: &Servicio, id: EnvioId) -> Result<(), Error> {
    let envio = envios::by_id(&servicio.db, id).await?.ok_or(Error::EnvioNotFound)?;
    let hermanos = envios::of_notificacion(&servicio.db, envio.notificacion_id).await?;
    let silencio = matches!(
        envio.estado()?,
        EstadoEnvio::Aceptado | EstadoEnvio::Enviado | EstadoEnvio::Incierto
    );
    let fallo = envio.estado()? == EstadoEnvio::Fallido;
    let ultimo = hermanos.last().is_some_and(|h| h.id == envio.id);
    if !(silencio || fallo) || !ultimo {
        return Ok(());
    }
    let miembros = notificaciones::in_group(&servicio.db, envio.notificacion_id).await?;
    let reglas = ajustes::load(&servicio.db, ajustes::NOTIFICACIONES).await?.valor;
    let empresa = ramal_plataforma::empresa(&servicio.db).await?;
    let encargo = Encargo::new(miembros, &empresa, reglas)?;
    let orden = envio.orden + 1;
    if fallo && wants_template(&envio) {
        let motivo = Motivo { orden, solo_plantilla: true, respaldo_de: envio.respaldo_de };
        let mismo = [(Canal::Whatsapp, envio.direccion.clone())];
        if launch(servicio, &encargo, &mismo, motivo).await?.is_ok() {
            return Ok(());
        }
    }
    // Exactly once: a message that is itself a second channel has no third.
    if hermanos.iter().any(|h| h.respaldo_de.is_some()) {
        return Ok(());
    }
    second_channel(servicio, &encargo, (&envio, &hermanos)).await
}

/// Whether it failed as free text because the window was closed, and may pass as a template.
fn wants_template(envio: &EnvioFila) -> bool {
    let codigo = envio.codigo.as_deref().and_then(|c| c.parse::<i64>().ok());
    let cerrada =
        codigo.is_some_and(|c| matches!(of_codigo(c, ""), FallaEnvio::CambiarAPlantilla { .. }));
    cerrada && !envio.solo_plantilla && envio.forma.as_deref() == Some("texto")
}

async fn second_channel(
    servicio: &Servicio,
    encargo: &Encargo,
    (envio, hermanos): (&EnvioFila, &[EnvioFila]),
) -> Result<(), Error> {
    let abiertos =
        channels_open(&servicio.db, &encargo.ajustes, encargo.clase, &encargo.destinatario).await?;
    let usado = |canal: &Canal| hermanos.iter().any(|h| h.canal == canal.as_str());
    let otros: Vec<_> =
        abiertos.unwrap_or_default().into_iter().filter(|(c, _)| !usado(c)).collect();
    if otros.is_empty() {
        return Ok(());
    }
    let motivo =
        Motivo { orden: envio.orden + 1, respaldo_de: Some(envio.id), ..Motivo::default() };
    if launch(servicio, encargo, &otros, motivo).await?.is_ok() {
        let tx = servicio.db.begin().await?;
        asiento::step(&tx, &servicio.cx, envio, ("respaldo", None)).await?;
        tx.commit().await?;
    }
    Ok(())
}
