//! Writing down what happened to an envio: its state, its step, its notification, and what follows.
//! Each function runs in a transaction of its caller, with the envio locked.

use ramal_base::{Cx, Instante};
use ramal_canales::{Alcance, Causa, FallaEnvio};
use ramal_db::{DbError, Tx};
use ramal_jobs::{NuevoTrabajo, enqueue};
use serde_json::json;

use super::{Servicio, ask_send};
use crate::events::{CanalDetenido, NotificacionCambio};
use crate::jobs::TRABAJO_RESPALDO;
use crate::storage::envios::{self, Cambio, EnvioFila, PasoFila};
use crate::storage::lineas::{self, CORREO, Detencion, line_key};
use crate::storage::notificaciones;
use crate::storage::oposiciones::{self, Palabra};
use crate::{Canal, EstadoEnvio, EstadoNotificacion, NotificacionId};

/// Waits after the first, second, … refusal that may pass (S3), in milliseconds.
pub const ESPERAS_MS: [i64; 6] = [60_000, 300_000, 900_000, 3_600_000, 10_800_000, 21_600_000];
/// How long it is tried, in milliseconds.
pub const VIDA_MS: i64 = 86_400_000;

/// What the job does after writing down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Despues {
    /// Nothing: it is settled, or another job goes on.
    Nada,
    /// Comes back in so many milliseconds.
    Volver(i64),
}

/// Writes a step of the timeline.
pub async fn step(
    tx: &Tx,
    cx: &Cx,
    envio: &EnvioFila,
    (paso, causa): (&str, Option<(&str, &str)>),
) -> Result<(), DbError> {
    let fila = PasoFila {
        momento: cx.now(),
        paso: paso.to_owned(),
        codigo: causa.map(|(c, _)| c.to_owned()),
        detalle: causa.map(|(_, d)| d.to_owned()).filter(|d| !d.is_empty()),
    };
    envios::add_paso(tx, cx.new_id::<PasoFila>().uuid(), envio.id, &fila).await
}

/// Writes a change of state, its step and what it means for the notification.
pub async fn change(tx: &Tx, cx: &Cx, envio: &EnvioFila, cambio: Cambio) -> Result<(), DbError> {
    envios::update(tx, envio.id, &cambio).await?;
    if let Some(estado) = cambio.estado.filter(|e| e.as_str() != envio.estado) {
        let causa = cambio.causa.as_ref().map(|(c, d)| (c.as_str(), d.as_str()));
        step(tx, cx, envio, (estado.as_str(), causa)).await?;
    }
    refresh(tx, cx, envio.notificacion_id).await
}

/// The notification stands as its best envio does.
pub async fn refresh(tx: &Tx, cx: &Cx, id: NotificacionId) -> Result<(), DbError> {
    let Some(fila) = notificaciones::lock(tx, id).await? else { return Ok(()) };
    let todos = envios::of_notificacion(tx, id).await?;
    let mut mejor: Option<(&EnvioFila, EstadoEnvio)> = None;
    let mut llegados = Vec::new();
    for envio in &todos {
        let estado = envio.estado()?;
        if estado.is_llegado() && !llegados.contains(&&envio.canal) {
            llegados.push(&envio.canal);
        }
        if mejor.is_none_or(|(_, e)| estado.weight() >= e.weight()) {
            mejor = Some((envio, estado));
        }
    }
    let Some((envio, estado)) = mejor else { return Ok(()) };
    let nuevo = estado.notificacion();
    let malo = matches!(nuevo, EstadoNotificacion::Fallida | EstadoNotificacion::Suprimida);
    let motivo = envio.codigo.as_deref().filter(|_| malo);
    let canal = Some(envio.canal()?);
    if llegados.len() > 1 && !fila.doble {
        notificaciones::mark_doble(tx, id).await?;
    }
    if fila.estado()? == nuevo && fila.canal.as_deref() == canal.map(Canal::as_str) {
        return Ok(());
    }
    notificaciones::set_estado(tx, id, (nuevo, motivo), canal, cx.now()).await?;
    if fila.estado()? != nuevo {
        tell(tx, cx, id, nuevo).await?;
    }
    Ok(())
}

/// A notification ends without an envio: nobody could carry it, or nobody may.
pub async fn end(
    tx: &Tx,
    cx: &Cx,
    lider: NotificacionId,
    (estado, motivo): (EstadoNotificacion, &str),
) -> Result<(), DbError> {
    notificaciones::set_estado(tx, lider, (estado, Some(motivo)), None, cx.now()).await?;
    tell(tx, cx, lider, estado).await
}

/// Tells how every notification of the message stands, once it is settled.
async fn tell(
    tx: &Tx,
    cx: &Cx,
    lider: NotificacionId,
    estado: EstadoNotificacion,
) -> Result<(), DbError> {
    if matches!(estado, EstadoNotificacion::Encolada | EstadoNotificacion::Enviada) {
        return Ok(());
    }
    for fila in notificaciones::in_group(tx, lider).await? {
        let evento = NotificacionCambio {
            notificacion_id: fila.id,
            clase: fila.clase()?,
            estado,
            cliente_id: fila.cliente_id,
            objeto_tipo: fila.objeto_tipo.clone(),
            objeto_id: fila.objeto_id,
        };
        tx.emit(cx, &evento).await?;
    }
    Ok(())
}

/// It waits for something; written once for each reason.
pub async fn wait(tx: &Tx, cx: &Cx, envio: &EnvioFila, motivo: &str) -> Result<(), DbError> {
    if envio.espera.as_deref() == Some(motivo) {
        return Ok(());
    }
    envios::set_espera(tx, envio.id, motivo).await?;
    step(tx, cx, envio, ("espera", Some((motivo, "")))).await
}

/// It does not leave, on purpose.
pub async fn suppress(tx: &Tx, cx: &Cx, envio: &EnvioFila, motivo: &str) -> Result<(), DbError> {
    let cambio = Cambio {
        estado: Some(EstadoEnvio::Suprimido),
        causa: Some((motivo.to_owned(), String::new())),
        ..Cambio::default()
    };
    change(tx, cx, envio, cambio).await
}

/// It will not arrive: the next channel, if there is one.
pub async fn fail(tx: &Tx, cx: &Cx, envio: &EnvioFila, causa: (&str, &str)) -> Result<(), DbError> {
    let cambio = Cambio {
        estado: Some(EstadoEnvio::Fallido),
        causa: Some((causa.0.to_owned(), causa.1.to_owned())),
        fallido: Some(cx.now()),
        ..Cambio::default()
    };
    change(tx, cx, envio, cambio).await?;
    ask_next(tx, cx, envio, cx.now()).await
}

/// It may have left: nobody repeats it. A status may still settle it, and if none does, the second
/// channel carries it.
pub async fn uncertain(
    tx: &Tx,
    cx: &Cx,
    envio: &EnvioFila,
    (mensaje, horas): (&str, i64),
) -> Result<(), DbError> {
    let cambio = Cambio {
        estado: Some(envio.estado()?.heard(EstadoEnvio::Incierto)),
        causa: Some(("incierto".to_owned(), mensaje.to_owned())),
        ..Cambio::default()
    };
    change(tx, cx, envio, cambio).await?;
    ask_silence(tx, cx, envio, horas).await
}

/// Asks for the job that looks for another channel.
pub async fn ask_next(
    tx: &Tx,
    cx: &Cx,
    envio: &EnvioFila,
    cuando: Instante,
) -> Result<(), DbError> {
    let trabajo = NuevoTrabajo::new(TRABAJO_RESPALDO, json!({ "envio": envio.id }))
        .with_clave(envio.id.to_string())
        .no_antes_de(cuando);
    enqueue(tx, cx, trabajo).await
}

/// Asks for the job that looks, after some hours, whether anything was heard.
pub async fn ask_silence(tx: &Tx, cx: &Cx, envio: &EnvioFila, horas: i64) -> Result<(), DbError> {
    if horas == 0 || envio.canal()? != Canal::Whatsapp {
        return Ok(());
    }
    let trabajo = NuevoTrabajo::new(TRABAJO_RESPALDO, json!({ "envio": envio.id }))
        .with_clave(format!("{}/silencio", envio.id))
        .no_antes_de(cx.now().plus_millis(horas * 3_600_000));
    enqueue(tx, cx, trabajo).await
}

/// Writes down a refusal of the channel and says what the job does next.
pub async fn refuse(
    tx: &Tx,
    servicio: &Servicio,
    envio: &EnvioFila,
    falla: &FallaEnvio,
) -> Result<Despues, DbError> {
    let cx = &servicio.cx;
    let causa = (falla.codigo(), falla.mensaje());
    match falla {
        FallaEnvio::Reintentable { espera_ms, alcance, .. } => {
            if *alcance == Alcance::Linea {
                hold_line(tx, cx, envio, espera_ms.unwrap_or(60_000)).await?;
            }
            retry(tx, cx, envio, (causa, *espera_ms)).await
        }
        FallaEnvio::Incierto { mensaje } => {
            let horas = crate::storage::ajustes::load::<crate::ajustes::Ajustes>(
                tx,
                crate::storage::ajustes::NOTIFICACIONES,
            )
            .await?
            .valor
            .horas_sin_estado;
            uncertain(tx, cx, envio, (mensaje, horas)).await?;
            Ok(Despues::Nada)
        }
        FallaEnvio::Detener { .. } => {
            stop_line(tx, cx, envio, causa).await?;
            back_in_queue(tx, cx, envio, causa).await?;
            Ok(Despues::Nada)
        }
        _ => {
            consequences(tx, cx, envio, falla).await?;
            fail(tx, cx, envio, causa).await?;
            Ok(Despues::Nada)
        }
    }
}

/// What a refusal for good teaches, whether it comes in the answer or in a status.
pub async fn consequences(
    tx: &Tx,
    cx: &Cx,
    envio: &EnvioFila,
    falla: &FallaEnvio,
) -> Result<(), DbError> {
    let canal = envio.canal()?;
    match falla {
        FallaEnvio::Permanente {
            causa: Causa::SinWhatsapp | Causa::DireccionInexistente,
            codigo,
            ..
        } => oposiciones::mark_doubtful(tx, (canal, &envio.direccion), codigo, cx.now()).await,
        FallaEnvio::Baja { codigo, .. } => {
            let palabra = Palabra {
                canal,
                direccion: envio.direccion.clone(),
                finalidad: "marketing",
                vigente: true,
                origen: codigo.clone(),
                momento: cx.now(),
            };
            oposiciones::say(tx, &palabra).await.map(|_| ())
        }
        FallaEnvio::CambiarAPlantilla { .. } => match envio.linea_id {
            Some(linea) => lineas::close_window(tx, linea, &envio.direccion, cx.now()).await,
            None => Ok(()),
        },
        FallaEnvio::Permanente { causa: Causa::PlantillaDetenida, .. } => {
            crate::entrada::novedades::pause_template(tx, cx, envio).await
        }
        FallaEnvio::Detener { codigo, mensaje, .. } => {
            stop_line(tx, cx, envio, (codigo, mensaje)).await
        }
        _ => Ok(()),
    }
}

async fn retry(
    tx: &Tx,
    cx: &Cx,
    envio: &EnvioFila,
    (causa, espera): ((&str, &str), Option<i64>),
) -> Result<Despues, DbError> {
    let vivido = cx.now().millis() - envio.creado.millis();
    let paso = usize::try_from(envio.intentos - 1).unwrap_or(0).min(ESPERAS_MS.len() - 1);
    let espera = espera.unwrap_or(ESPERAS_MS[paso]).max(1_000);
    if vivido + espera > VIDA_MS {
        fail(tx, cx, envio, causa).await?;
        return Ok(Despues::Nada);
    }
    back_in_queue(tx, cx, envio, causa).await?;
    Ok(Despues::Volver(espera))
}

async fn back_in_queue(
    tx: &Tx,
    cx: &Cx,
    envio: &EnvioFila,
    causa: (&str, &str),
) -> Result<(), DbError> {
    let cambio = Cambio {
        estado: Some(EstadoEnvio::EnCola),
        causa: Some((causa.0.to_owned(), causa.1.to_owned())),
        ..Cambio::default()
    };
    envios::update(tx, envio.id, &cambio).await?;
    step(tx, cx, envio, ("reintento", Some(causa))).await
}

/// The provider asks the whole line to slow down.
async fn hold_line(tx: &Tx, cx: &Cx, envio: &EnvioFila, ms: i64) -> Result<(), DbError> {
    lineas::occupy(tx, &pace_key(envio), cx.now().plus_millis(ms)).await
}

fn pace_key(envio: &EnvioFila) -> String {
    envio.linea_id.map_or_else(|| CORREO.to_owned(), line_key)
}

/// Nothing more leaves through the line until a person says so.
async fn stop_line(
    tx: &Tx,
    cx: &Cx,
    envio: &EnvioFila,
    (codigo, motivo): (&str, &str),
) -> Result<(), DbError> {
    let detencion = Detencion {
        clave: pace_key(envio),
        codigo: codigo.to_owned(),
        motivo: motivo.to_owned(),
        desde: cx.now(),
    };
    if lineas::stop(tx, &detencion).await? {
        tracing::error!(clave = %detencion.clave, codigo, "a channel stopped");
        let evento = CanalDetenido { clave: detencion.clave, codigo: codigo.to_owned() };
        tx.emit(cx, &evento).await?;
    }
    Ok(())
}

/// Lets a line or the mailbox go on: what waited for it leaves. `false` if it was not stopped.
pub async fn resume(tx: &Tx, cx: &Cx, clave: &str) -> Result<bool, DbError> {
    if !lineas::resume(tx, clave).await? {
        return Ok(false);
    }
    for id in envios::waiting(tx, cx.now().plus_millis(1), 20_000).await? {
        ask_send(tx, cx, id, cx.now()).await?;
    }
    Ok(true)
}
