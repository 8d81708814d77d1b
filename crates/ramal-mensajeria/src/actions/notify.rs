//! Asking that somebody be told something, in the transaction of what is told. Nothing leaves
//! before the commit, and nothing is rendered here: files may be slow to read.

use ramal_base::{Cx, Instante};
use ramal_db::{Consulta, DbError, Tx};
use ramal_jobs::{NuevoTrabajo, enqueue};
use serde_json::json;
use uuid::Uuid;

use crate::ajustes::Ajustes;
use crate::clase::Finalidad;
use crate::jobs::TRABAJO_PREPARAR;
use crate::notificacion::{
    EstadoNotificacion, NotificacionId, NotificacionVista, NuevaNotificacion,
};
use crate::plantilla::variables;
use crate::storage::{ajustes as almacen_ajustes, envios, notificaciones, oposiciones};
use crate::{Canal, Clase, Destinatario, Error, Valor};

/// No consent, or no address, on any channel.
pub const SIN_CANAL: &str = "sin_canal";
/// The addressee said no.
pub const OPOSICION: &str = "oposicion";

/// Asks that somebody be told. Idempotent: the same `clave` gives the same notification.
///
/// Errors: `FaltaVariable`, `TipoVariable` (they name the variable), `Campos` if the zone does not
/// exist, `Storage`. An addressee whom no channel reaches is no error: it stays `Suprimida`.
pub async fn notify(tx: &Tx, cx: &Cx, nueva: NuevaNotificacion) -> Result<NotificacionId, Error> {
    variables::check(nueva.clase, &nueva.variables)?;
    if ramal_base::Zona::parse(&nueva.destinatario.zona_horaria).is_err() {
        let motivo = "Use un nombre de zona IANA, por ejemplo America/Lima.";
        return Err(Error::campo("zona_horaria", "zona_desconocida", motivo));
    }
    if let Some(id) = notificaciones::id_by_clave(tx, &nueva.clave).await? {
        return Ok(id);
    }
    let ajustes: Ajustes = almacen_ajustes::load(tx, almacen_ajustes::NOTIFICACIONES).await?.valor;
    let admitidos = channels_open(tx, &ajustes, nueva.clase, &nueva.destinatario).await?;
    let nueva = NuevaNotificacion { grupo: effective_group(&nueva), ..nueva };
    let (estado, motivo) = match &admitidos {
        Ok(_) => (EstadoNotificacion::Encolada, None),
        Err(motivo) => (EstadoNotificacion::Suprimida, Some(*motivo)),
    };
    let id: NotificacionId = cx.new_id();
    if !notificaciones::insert(tx, id, &nueva, (estado, motivo), cx.now()).await? {
        let otra = notificaciones::id_by_clave(tx, &nueva.clave).await?;
        return Ok(otra.ok_or(DbError::Corrupt("a notification without its key"))?);
    }
    if estado == EstadoNotificacion::Encolada {
        ask(tx, cx, id, first_chance(&ajustes, &nueva, cx.now())).await?;
    }
    Ok(id)
}

/// What may travel together: same group, same addressee, same currency. What is sealed travels
/// alone.
fn effective_group(nueva: &NuevaNotificacion) -> Option<String> {
    let grupo = nueva.grupo.as_ref().filter(|_| !nueva.clase.is_urgente())?;
    let moneda = match nueva.variables.get("importe") {
        Some(Valor::Dinero(dinero)) => dinero.moneda.codigo(),
        _ => "",
    };
    let d = &nueva.destinatario;
    let direcciones = [&d.email, &d.whatsapp].map(|a| a.as_deref().unwrap_or_default());
    Some(format!("{grupo}|{moneda}|{}", direcciones.join("|")))
}

/// Asks for the job that prepares a notification.
async fn ask(tx: &Tx, cx: &Cx, id: NotificacionId, cuando: Instante) -> Result<(), DbError> {
    let trabajo = NuevoTrabajo::new(TRABAJO_PREPARAR, json!({ "notificacion": id }))
        .with_clave(id.to_string())
        .no_antes_de(cuando);
    enqueue(tx, cx, trabajo).await
}

/// Not before its date, nor before its group had time to gather, nor before it can no longer be
/// taken back. What somebody waits for with the telephone in his hand waits for nothing.
fn first_chance(ajustes: &Ajustes, nueva: &NuevaNotificacion, ahora: Instante) -> Instante {
    let mut espera = 0;
    if !nueva.clase.is_urgente() {
        espera = ajustes.deshacer_ms;
        if ajustes.agrupar && nueva.grupo.is_some() {
            espera = espera.max(ajustes.espera_grupo_ms);
        }
    }
    let propia = ahora.plus_millis(espera);
    nueva.no_antes.map_or(propia, |fecha| fecha.max(propia))
}

/// Channels that may be used now, the preferred first, those with a doubtful address last.
///
/// `Err` tells why there is none.
pub(crate) async fn channels_open(
    c: &impl Consulta,
    ajustes: &Ajustes,
    clase: Clase,
    destinatario: &Destinatario,
) -> Result<Result<Vec<(Canal, String)>, &'static str>, DbError> {
    let con_direccion = |canal: Canal| Some((canal, destinatario.address(canal)?));
    let direcciones: Vec<(Canal, String)> = ajustes
        .channels(clase, &destinatario.canales)
        .into_iter()
        .filter_map(con_direccion)
        .collect();
    if direcciones.is_empty() {
        return Ok(Err(SIN_CANAL));
    }
    let cerradas = opposed(c, clase.finalidad(), destinatario.cliente_id, &direcciones).await?;
    let abiertas: Vec<_> = direcciones.into_iter().filter(|d| !cerradas.contains(&d.0)).collect();
    if abiertas.is_empty() {
        return Ok(Err(OPOSICION));
    }
    let dudosas = oposiciones::doubtful(c, &abiertas).await?;
    let (dudosas, buenas): (Vec<_>, Vec<_>) =
        abiertas.into_iter().partition(|d| dudosas.contains(d));
    Ok(Ok(buenas.into_iter().chain(dudosas).collect()))
}

/// Channels closed by what the address said or by what the cliente withdrew.
pub(crate) async fn opposed(
    c: &impl Consulta,
    finalidad: Finalidad,
    cliente: Option<Uuid>,
    direcciones: &[(Canal, String)],
) -> Result<Vec<Canal>, DbError> {
    let mut preguntas = direcciones.to_vec();
    if let Some(cliente) = cliente {
        let propia = |(canal, _): &(Canal, String)| (*canal, format!("cliente/{cliente}"));
        preguntas.extend(direcciones.iter().map(propia));
    }
    let cerradas = oposiciones::opposed(c, finalidad, &preguntas).await?;
    Ok(cerradas.into_iter().map(|(canal, _)| canal).collect())
}

/// How a notification stands. Errors: `NotificacionNotFound`, `Storage`.
pub async fn estado(c: &impl Consulta, id: NotificacionId) -> Result<EstadoNotificacion, Error> {
    let fila = notificaciones::by_id(c, id).await?.ok_or(Error::NotificacionNotFound)?;
    Ok(fila.estado()?)
}

/// On how many channels it was tried to tell: those where a call was made or that refused for good.
/// The note inside the program does not count. Errors: `Storage`.
pub async fn canales_intentados(c: &impl Consulta, id: NotificacionId) -> Result<usize, Error> {
    let n = envios::channels_tried(c, id).await?;
    Ok(usize::try_from(n).unwrap_or(0))
}

/// Notifications about a thing, the newest first; at most 50. Errors: `Storage`.
pub async fn de_objeto(
    c: &impl Consulta,
    tipo: &str,
    id: Uuid,
) -> Result<Vec<NotificacionVista>, Error> {
    let filas = notificaciones::by_objeto(c, tipo, id).await?;
    Ok(filas.iter().map(|f| f.vista()).collect::<Result<_, _>>()?)
}
