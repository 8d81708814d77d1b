//! A person sends again what failed, was held back, or is uncertain. It makes another envio with
//! the same bytes; the old one stays as it was.

use ramal_base::Cx;
use ramal_db::Tx;
use ramal_plataforma::{Registro, audit};

use crate::salida::{asiento, ask_send};
use crate::storage::envios::{self, EnvioFila, NuevoEnvio};
use crate::storage::notificaciones;
use crate::{Canal, EnvioId, Error, EstadoEnvio};

/// Whether the person knows that it may arrive twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicado {
    /// Has not said so.
    Sin,
    /// Accepts it.
    Aceptado,
}

/// Queues the same message again on its channel. Gives the new envio.
///
/// Errors: `EnvioNotFound`; `Estado` unless it failed, was suppressed or is uncertain;
/// `PuedeDuplicar` for an uncertain one without [`Duplicado::Aceptado`].
pub async fn retry(tx: &Tx, cx: &Cx, id: EnvioId, duplicado: Duplicado) -> Result<EnvioId, Error> {
    let envio = envios::lock(tx, id).await?.ok_or(Error::EnvioNotFound)?;
    notificaciones::lock(tx, envio.notificacion_id).await?;
    match envio.estado()? {
        EstadoEnvio::Fallido | EstadoEnvio::Suprimido => {}
        EstadoEnvio::Incierto if duplicado == Duplicado::Aceptado => {}
        EstadoEnvio::Incierto => return Err(Error::PuedeDuplicar),
        otro => return Err(Error::Estado(otro)),
    }
    if duplicado != Duplicado::Aceptado && is_on_its_way(tx, &envio).await? {
        return Err(Error::PuedeDuplicar);
    }
    let nuevo = copy(tx, cx, &envio).await?;
    asiento::step(tx, cx, &envio, ("persona", None)).await?;
    ask_send(tx, cx, nuevo, cx.now()).await?;
    asiento::refresh(tx, cx, envio.notificacion_id).await?;
    audit(tx, cx, Registro::new("envio.reintentar", "envio", id)).await?;
    Ok(nuevo)
}

/// Whether another envio of the same notification waits, left or arrived: by its second channel,
/// or because somebody asked for it already.
async fn is_on_its_way(tx: &Tx, envio: &EnvioFila) -> Result<bool, Error> {
    for otro in envios::of_notificacion(tx, envio.notificacion_id).await? {
        let parado = matches!(otro.estado()?, EstadoEnvio::Fallido | EstadoEnvio::Suprimido);
        if otro.id != envio.id && !parado && otro.canal()? != Canal::App {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The same bytes in a new envio of the same notification.
async fn copy(tx: &Tx, cx: &Cx, envio: &EnvioFila) -> Result<EnvioId, Error> {
    let carga = envios::carga(tx, envio.id).await?.ok_or(Error::EnvioNotFound)?;
    let hermanos = envios::of_notificacion(tx, envio.notificacion_id).await?;
    let id: EnvioId = cx.new_id();
    let nuevo = NuevoEnvio {
        id,
        notificacion_id: envio.notificacion_id,
        orden: hermanos.last().map_or(envio.orden, |h| h.orden) + 1,
        canal: envio.canal()?,
        clase: envio.clase()?,
        cliente_id: envio.cliente_id,
        nombre: envio.nombre.clone(),
        direccion: envio.direccion.clone(),
        estado: EstadoEnvio::EnCola,
        codigo: None,
        linea_id: envio.linea_id,
        message_id: envio.message_id.clone(),
        plantilla_version: envio.plantilla_version,
        visto: envio.visto()?,
        carga: carga.carga,
        objeto: carga.carga_objeto.zip(carga.carga_huella),
        carga_de: Some(carga.carga_de.unwrap_or(envio.id)),
        sellada: carga.sellada,
        respaldo_de: None,
        solo_plantilla: envio.solo_plantilla,
        dia: envio.dia,
        creado: cx.now(),
    };
    envios::insert(tx, nuevo).await?;
    Ok(id)
}
