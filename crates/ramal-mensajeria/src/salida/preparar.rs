//! First job of a notification: gathers its group, chooses the channel, freezes the message. It
//! calls no channel.

use async_trait::async_trait;
use ramal_db::Tx;
use ramal_jobs::{JobError, Manejador, Politica, Trabajo};
use serde::Deserialize;

use super::armar::Encargo;
use super::lanzar::{Motivo, give_up, launch};
use super::{Servicio, asiento};
use crate::actions::notify::channels_open;
use crate::ajustes::Ajustes;
use crate::jobs::TRABAJO_PREPARAR;
use crate::storage::{ajustes, notificaciones};
use crate::{Error, EstadoNotificacion, NotificacionId};

/// Handler of [`TRABAJO_PREPARAR`].
pub struct Preparar(pub Servicio);

#[derive(Deserialize)]
struct Datos {
    notificacion: NotificacionId,
}

#[async_trait]
impl Manejador for Preparar {
    fn tipo(&self) -> &'static str {
        TRABAJO_PREPARAR
    }

    fn politica(&self) -> Politica {
        Politica { concurrencia: 4, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos: Datos = trabajo.datos_as()?;
        prepare(&self.0, datos.notificacion).await.map_err(|e| job_error(&e))
    }
}

/// What a failure of ours means for the job: it comes back, but for what can never be read.
pub(crate) fn job_error(error: &Error) -> JobError {
    match error {
        Error::Storage(ramal_db::DbError::Corrupt(_)) | Error::NotificacionNotFound => {
            JobError::fail(error)
        }
        _ => JobError::retry(error),
    }
}

async fn prepare(servicio: &Servicio, id: NotificacionId) -> Result<(), Error> {
    let reglas: Ajustes = ajustes::load(&servicio.db, ajustes::NOTIFICACIONES).await?.valor;
    let tx = servicio.db.begin().await?;
    let lidera = lead(&tx, &reglas, id).await?;
    tx.commit().await?;
    if !lidera {
        return Ok(());
    }
    let miembros = notificaciones::in_group(&servicio.db, id).await?;
    let empresa = ramal_plataforma::empresa(&servicio.db).await?;
    let encargo = Encargo::new(miembros, &empresa, reglas)?;
    let abiertos =
        channels_open(&servicio.db, &encargo.ajustes, encargo.clase, &encargo.destinatario).await?;
    let motivo = match abiertos {
        Err(motivo) => Err((EstadoNotificacion::Suprimida, motivo)),
        Ok(canales) => {
            let primero = Motivo { orden: 1, ..Motivo::default() };
            launch(servicio, &encargo, &canales, primero)
                .await?
                .map_err(|motivo| (EstadoNotificacion::Fallida, motivo))
        }
    };
    let Err((estado, motivo)) = motivo else { return Ok(()) };
    let tx = servicio.db.begin().await?;
    if estado == EstadoNotificacion::Fallida {
        give_up(&tx, servicio, &encargo, motivo).await?;
    } else {
        asiento::end(&tx, &servicio.cx, id, (estado, motivo)).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether the message is this job's to make: it still waits, and it leads itself or its group.
async fn lead(tx: &Tx, ajustes: &Ajustes, id: NotificacionId) -> Result<bool, Error> {
    let fila = notificaciones::lock(tx, id).await?.ok_or(Error::NotificacionNotFound)?;
    if fila.estado()? != EstadoNotificacion::Encolada {
        return Ok(false);
    }
    if let Some(lider) = fila.lider_id {
        return Ok(lider == id);
    }
    if let Some(grupo) = fila.grupo.as_deref().filter(|_| ajustes.agrupar) {
        notificaciones::gather(tx, &fila, grupo).await?;
    }
    notificaciones::lead_alone(tx, id).await?;
    Ok(true)
}
