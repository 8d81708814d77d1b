//! The calendar's part: a scheduled change or the end of a term reaches its day. It records no
//! fact and moves no billing mark: the facts were recorded when they were asked for.

use ramal_base::Cx;
use ramal_db::Tx;

use super::record::{Bloqueado, lock, renamed};
use crate::events::emit_estado;
use crate::vigente::{proximo_cambio, refreshed};
use crate::{Error, ServicioId, storage};

/// Brings the row of a service up to today. Repeating it changes and tells nothing.
///
/// Errors: `NotFound`, `Plataforma`, `Storage`. Emits the event of the new state if it changed.
pub async fn refresh_estado(tx: &Tx, cx: &Cx, id: ServicioId) -> Result<(), Error> {
    let Bloqueado { servicio: antes, eventos, hoy } = lock(tx, cx, id).await?;
    let despues = refreshed(antes.clone(), &eventos, hoy);
    let mut despues = renamed(tx, &antes, despues).await?;
    if despues != antes {
        despues.version += 1;
        despues.actualizado = cx.now();
        storage::update(tx, &despues).await?;
    }
    storage::set_cambia(tx, id, proximo_cambio(&eventos, hoy)).await?;
    if despues.estado != antes.estado {
        emit_estado(tx, cx, &despues, hoy).await?;
    }
    Ok(())
}
