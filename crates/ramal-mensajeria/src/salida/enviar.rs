//! The job that lets an envio leave: the checks of the moment, the turn, the call, the note of what
//! came of it. Killed between the call and the note, it leaves the envio uncertain: never twice.

use async_trait::async_trait;
use ramal_canales::FallaEnvio;
use ramal_db::DbError;
use ramal_jobs::{JobError, Manejador, Politica, Trabajo};

use super::asiento::{self, Despues};
use super::carga::{CargaWhatsapp, thaw};
use super::preparar::job_error;
use super::revision::{self, Contexto, Veredicto};
use super::whatsapp::{self, Forma};
use super::{DatosEnvio, Servicio, correo};
use crate::jobs::TRABAJO_ENVIAR;
use crate::storage::envios::{self, Cambio, EnvioFila};
use crate::storage::{ajustes, entrada, lineas, notificaciones};
use crate::{Canal, EnvioId, Error, EstadoEnvio};

/// Handler of [`TRABAJO_ENVIAR`].
pub struct Enviar(pub Servicio);

#[async_trait]
impl Manejador for Enviar {
    fn tipo(&self) -> &'static str {
        TRABAJO_ENVIAR
    }

    fn politica(&self) -> Politica {
        // It comes back for quiet hours, turns and refusals that pass; how long a message is tried
        // is the rule of `asiento`, not of the queue.
        Politica { concurrencia: 8, max_intentos: u32::MAX, ..Politica::default() }
    }

    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError> {
        let datos: DatosEnvio = trabajo.datos_as()?;
        match send(&self.0, datos.envio).await {
            Ok(Despues::Nada) => Ok(()),
            Ok(Despues::Volver(ms)) => Err(JobError::retry_after("espera su turno", ms)),
            Err(error) => Err(job_error(&error)),
        }
    }
}

/// What was decided, with the envio as it was read when it was taken.
enum Paso {
    Sale(Box<EnvioFila>, &'static str),
    Queda(Despues),
}

async fn send(servicio: &Servicio, id: EnvioId) -> Result<Despues, Error> {
    let envio = envios::by_id(&servicio.db, id).await?.ok_or(Error::EnvioNotFound)?;
    match envio.estado()? {
        EstadoEnvio::EnCola => {}
        EstadoEnvio::Enviando => return orphan(servicio, id).await,
        _ => return Ok(Despues::Nada),
    }
    let ctx = context(servicio, &envio).await?;
    if let Some(despues) = upload_first(servicio, &envio, &ctx).await? {
        return Ok(despues);
    }
    match take(servicio, id, &ctx).await? {
        Paso::Queda(despues) => Ok(despues),
        Paso::Sale(envio, forma) => {
            let hecho = call(servicio, &envio, forma).await;
            settle_surely(servicio, id, &hecho).await
        }
    }
}

async fn context(servicio: &Servicio, envio: &EnvioFila) -> Result<Contexto, Error> {
    let db = &servicio.db;
    let notificacion = notificaciones::by_id(db, envio.notificacion_id).await?;
    let linea = match envio.linea_id {
        Some(linea) => lineas::linea(db, linea).await?,
        None => None,
    };
    Ok(Contexto {
        ajustes: ajustes::load(db, ajustes::NOTIFICACIONES).await?.valor,
        correo: ajustes::load(db, ajustes::CORREO).await?.valor,
        notificacion: notificacion.ok_or(Error::NotificacionNotFound)?,
        linea,
        ahora: servicio.cx.now(),
    })
}

/// A worker took it and was never heard of again: the call may have been made.
async fn orphan(servicio: &Servicio, id: EnvioId) -> Result<Despues, Error> {
    let tx = servicio.db.begin().await?;
    let envio = envios::lock(&tx, id).await?.ok_or(Error::EnvioNotFound)?;
    if envio.estado()? == EstadoEnvio::Enviando {
        let ajustes: crate::ajustes::Ajustes =
            ajustes::load(&tx, ajustes::NOTIFICACIONES).await?.valor;
        let mensaje = "el proceso se detuvo mientras salía";
        let horas = ajustes.horas_sin_estado;
        asiento::uncertain(&tx, &servicio.cx, &envio, (mensaje, horas)).await?;
    }
    tx.commit().await?;
    Ok(Despues::Nada)
}

/// Uploads the file of a message before it is taken: an upload may be repeated, a message may not.
async fn upload_first(
    servicio: &Servicio,
    envio: &EnvioFila,
    ctx: &Contexto,
) -> Result<Option<Despues>, Error> {
    let Some(linea) = ctx.linea.as_ref().filter(|_| envio.medio.is_none()) else {
        return Ok(None);
    };
    if !matches!(revision::check(&servicio.db, envio, ctx).await?, Veredicto::Salir(_)) {
        return Ok(None);
    }
    let carga = whatsapp_load(servicio, envio.id).await?;
    let Some(adjunto) = carga.adjunto else { return Ok(None) };
    let hecho = whatsapp::upload(servicio, linea, &adjunto).await;
    let tx = servicio.db.begin().await?;
    let envio = envios::lock(&tx, envio.id).await?.ok_or(Error::EnvioNotFound)?;
    let despues = match hecho {
        _ if envio.estado()? != EstadoEnvio::EnCola => Some(Despues::Nada),
        Ok(medio) => {
            envios::set_medio(&tx, envio.id, &medio).await?;
            None
        }
        // Nothing left: an upload without answer is no message without answer.
        Err(FallaEnvio::Incierto { mensaje }) => {
            let falla = FallaEnvio::retry("subida", mensaje);
            Some(asiento::refuse(&tx, servicio, &envio, &falla).await?)
        }
        Err(falla) => Some(asiento::refuse(&tx, servicio, &envio, &falla).await?),
    };
    tx.commit().await?;
    Ok(despues)
}

async fn whatsapp_load(servicio: &Servicio, id: EnvioId) -> Result<CargaWhatsapp, Error> {
    let bytes = thaw(&servicio.db, &servicio.sello, &servicio.objetos, id).await?;
    let malo = |_| DbError::Corrupt("a message of WhatsApp is not what was kept");
    Ok(serde_json::from_slice(&bytes).map_err(malo)?)
}

/// Checks, takes the turn and takes the envio out of the queue, in one transaction.
async fn take(servicio: &Servicio, id: EnvioId, ctx: &Contexto) -> Result<Paso, Error> {
    let cx = &servicio.cx;
    let tx = servicio.db.begin().await?;
    let envio = envios::lock(&tx, id).await?.ok_or(Error::EnvioNotFound)?;
    if envio.estado()? != EstadoEnvio::EnCola {
        return Ok(Paso::Queda(Despues::Nada));
    }
    revision::hold_pace(&tx, ctx).await?;
    let paso = match revision::check(&tx, &envio, ctx).await? {
        Veredicto::Salir(forma) => match revision::take_turn(&tx, &envio, ctx).await? {
            Some(turno) => Paso::Queda(until(turno, ctx)),
            None => {
                envios::take(&tx, id, forma, cx.now()).await?;
                let tomado = envios::by_id(&tx, id).await?.ok_or(Error::EnvioNotFound)?;
                Paso::Sale(Box::new(tomado), forma)
            }
        },
        Veredicto::Esperar(hasta, motivo) => {
            asiento::wait(&tx, cx, &envio, motivo).await?;
            Paso::Queda(until(hasta, ctx))
        }
        Veredicto::Detenido => {
            asiento::wait(&tx, cx, &envio, "detenido").await?;
            Paso::Queda(Despues::Nada)
        }
        Veredicto::Suprimir(motivo) => {
            asiento::suppress(&tx, cx, &envio, motivo).await?;
            Paso::Queda(Despues::Nada)
        }
        Veredicto::Fallar(codigo) => {
            asiento::fail(&tx, cx, &envio, (codigo, "")).await?;
            Paso::Queda(Despues::Nada)
        }
    };
    tx.commit().await?;
    Ok(paso)
}

fn until(hasta: ramal_base::Instante, ctx: &Contexto) -> Despues {
    Despues::Volver((hasta.millis() - ctx.ahora.millis()).max(1))
}

/// The call, without a transaction. For WhatsApp it gives the identifier of the message.
async fn call(
    servicio: &Servicio,
    envio: &EnvioFila,
    forma: &'static str,
) -> Result<Option<String>, FallaEnvio> {
    let leer = |_| FallaEnvio::retry("carga", "el mensaje guardado no se pudo leer");
    if envio.canal == Canal::Whatsapp.as_str() {
        let carga = whatsapp_load(servicio, envio.id).await.map_err(leer)?;
        let forma = if forma == Forma::Texto.as_str() { Forma::Texto } else { Forma::Plantilla };
        let linea = whatsapp::line_of(servicio, envio).await?;
        let aceptado = whatsapp::call(servicio, &linea, envio, (carga, forma)).await?;
        return Ok(Some(aceptado.wamid));
    }
    let bytes = thaw(&servicio.db, &servicio.sello, &servicio.objetos, envio.id).await;
    correo::call(servicio, &bytes.map_err(leer)?).await.map(|()| None)
}

/// Times that writing down is tried: what the call told is told once.
const ANOTAR: u32 = 5;

/// Writes down what came of the call, again if another transaction was in the way: given up, a
/// message that left would be uncertain for nothing.
async fn settle_surely(
    servicio: &Servicio,
    id: EnvioId,
    hecho: &Result<Option<String>, FallaEnvio>,
) -> Result<Despues, Error> {
    for _ in 1..ANOTAR {
        match settle(servicio, id, hecho).await {
            Err(Error::Storage(DbError::Busy)) => tokio::task::yield_now().await,
            otro => return otro,
        }
    }
    settle(servicio, id, hecho).await
}

/// Writes down what came of the call.
async fn settle(
    servicio: &Servicio,
    id: EnvioId,
    hecho: &Result<Option<String>, FallaEnvio>,
) -> Result<Despues, Error> {
    let cx = &servicio.cx;
    let tx = servicio.db.begin().await?;
    let envio = envios::lock(&tx, id).await?.ok_or(Error::EnvioNotFound)?;
    let despues = match hecho {
        Err(falla) => asiento::refuse(&tx, servicio, &envio, falla).await?,
        Ok(wamid) => {
            let estado = envio.estado()?;
            let llega = if wamid.is_some() { EstadoEnvio::Aceptado } else { EstadoEnvio::Enviado };
            let de_correo = wamid.is_none().then(|| cx.now());
            let cambio = Cambio {
                estado: Some(estado.heard(llega)),
                wamid: wamid.clone(),
                aceptado: Some(cx.now()),
                enviado: de_correo,
                ..Cambio::default()
            };
            asiento::change(&tx, cx, &envio, cambio).await?;
            if let Some(wamid) = wamid {
                entrada::attach(&tx, wamid, id).await?;
                crate::entrada::estados::settle(&tx, cx, wamid).await?;
                let ajustes: crate::ajustes::Ajustes =
                    ajustes::load(&tx, ajustes::NOTIFICACIONES).await?.valor;
                asiento::ask_silence(&tx, cx, &envio, ajustes.horas_sin_estado).await?;
            }
            Despues::Nada
        }
    };
    tx.commit().await?;
    Ok(despues)
}
