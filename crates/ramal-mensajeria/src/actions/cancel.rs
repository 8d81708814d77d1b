//! Taking back what has not left: a reminder of a debt that was just paid, a message sent by
//! mistake. What left is not called back.

use ramal_base::Cx;
use ramal_db::Tx;

use crate::salida::asiento;
use crate::storage::envios;
use crate::storage::notificaciones::{self, NotificacionFila};
use crate::{Error, EstadoEnvio, EstadoNotificacion, NotificacionId};

/// Why it did not leave.
pub const CANCELADA: &str = "cancelada";

/// Keeps a notification from leaving. `false` if it left already, or travels in a message with
/// others.
///
/// Errors: `NotificacionNotFound`, `Storage`.
pub async fn cancel(tx: &Tx, cx: &Cx, id: NotificacionId) -> Result<bool, Error> {
    // Envios before their notification, as whoever lets them leave does.
    let mut en_cola = Vec::new();
    let todos = envios::of_notificacion(tx, id).await?;
    for envio in &todos {
        let envio = envios::lock(tx, envio.id).await?.ok_or(Error::EnvioNotFound)?;
        match envio.estado()? {
            EstadoEnvio::EnCola => en_cola.push(envio),
            EstadoEnvio::Enviando => return Ok(false),
            _ => {}
        }
    }
    let fila = notificaciones::lock(tx, id).await?.ok_or(Error::NotificacionNotFound)?;
    if fila.estado()? != EstadoNotificacion::Encolada || is_shared(tx, &fila).await? {
        return Ok(false);
    }
    for envio in &en_cola {
        asiento::suppress(tx, cx, envio, CANCELADA).await?;
    }
    if todos.is_empty() {
        notificaciones::lead_alone(tx, id).await?;
        asiento::end(tx, cx, id, (EstadoNotificacion::Suprimida, CANCELADA)).await?;
    }
    Ok(true)
}

/// Whether it travels in a message with others.
async fn is_shared(tx: &Tx, fila: &NotificacionFila) -> Result<bool, Error> {
    Ok(match fila.lider_id {
        None => false,
        Some(lider) => lider != fila.id || notificaciones::in_group(tx, lider).await?.len() > 1,
    })
}
