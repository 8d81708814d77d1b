//! The checks of the moment of leaving: what was allowed when it was queued may not be now. They
//! write nothing but the pace that they take.

use ramal_base::{Instante, Zona};
use ramal_db::{Consulta, DbError, Tx};

use super::whatsapp::Forma;
use crate::actions::notify::opposed;
use crate::ajustes::{Ajustes, AjustesCorreo};
use crate::clase::Finalidad;
use crate::storage::envios::{self, EnvioFila};
use crate::storage::lineas::{self, CORREO, Linea};
use crate::storage::notificaciones::NotificacionFila;
use crate::storage::{costos, entrada, plantillas};
use crate::{Canal, horario, plantilla, telefono};

/// How long before its end a window counts as closed, in milliseconds (W19).
pub const MARGEN_VENTANA_MS: i64 = 60_000;
/// Wait between two messages to one person (131056), in milliseconds.
pub const RITMO_PAR_MS: i64 = 6_000;
/// A turn further away than this is not taken: the job comes back and asks again.
const TURNO_MAXIMO_MS: i64 = 30_000;

/// What is decided about an envio that wants to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Veredicto {
    /// Leaves now; for WhatsApp, in this shape.
    Salir(&'static str),
    /// Not before an instant.
    Esperar(Instante, &'static str),
    /// Its line is stopped: it waits until a person lets it go on.
    Detenido,
    /// Does not leave, on purpose.
    Suprimir(&'static str),
    /// Cannot leave on this channel.
    Fallar(&'static str),
}

/// What is needed to decide, read before.
pub struct Contexto {
    /// Settings.
    pub ajustes: Ajustes,
    /// Pace of the mailbox.
    pub correo: AjustesCorreo,
    /// The notification that it carries.
    pub notificacion: NotificacionFila,
    /// Line (WhatsApp).
    pub linea: Option<Linea>,
    /// Now.
    pub ahora: Instante,
}

/// Everything but the pace.
pub async fn check(
    c: &impl Consulta,
    envio: &EnvioFila,
    ctx: &Contexto,
) -> Result<Veredicto, DbError> {
    if let Some(motivo) = unwanted(c, envio, ctx).await? {
        return Ok(Veredicto::Suprimir(motivo));
    }
    let canal = envio.canal()?;
    let clave = ctx.linea.as_ref().map_or_else(|| CORREO.to_owned(), Linea::clave);
    if lineas::is_stopped(c, &clave).await? {
        return Ok(Veredicto::Detenido);
    }
    if let Some(espera) = quiet(envio, ctx)? {
        return Ok(Veredicto::Esperar(espera, "silencio"));
    }
    if let Some(espera) = too_many(c, envio, ctx).await? {
        return Ok(Veredicto::Esperar(espera, "seguidos"));
    }
    match (canal, &ctx.linea) {
        (Canal::Whatsapp, None) => Ok(Veredicto::Fallar("sin_linea")),
        (Canal::Whatsapp, Some(linea)) => shape(c, envio, ctx, linea).await,
        _ => Ok(Veredicto::Salir("")),
    }
}

/// Why it must not leave any more.
async fn unwanted(
    c: &impl Consulta,
    envio: &EnvioFila,
    ctx: &Contexto,
) -> Result<Option<&'static str>, DbError> {
    let (canal, clase) = (envio.canal()?, envio.clase()?);
    let direccion = [(canal, envio.direccion.clone())];
    let cerrados = opposed(c, clase.finalidad(), envio.cliente_id, &direccion).await?;
    if !cerrados.is_empty() {
        return Ok(Some("oposicion"));
    }
    if envio.respaldo_de.is_some() {
        let hermanos = envios::of_notificacion(c, envio.notificacion_id).await?;
        if hermanos.iter().any(|h| h.estado().is_ok_and(crate::EstadoEnvio::is_llegado)) {
            return Ok(Some("llego_por_otro"));
        }
    }
    let anuncio = clase.finalidad() == Finalidad::Marketing && canal == Canal::Whatsapp;
    if anuncio && ctx.ajustes.tope_micros > 0 {
        let gastado = costos::spent(c, &month(ctx.ahora)).await?;
        if gastado >= ctx.ajustes.tope_micros {
            return Ok(Some("tope"));
        }
    }
    Ok(None)
}

/// Month of an instant, UTC: that of the provider's bill.
pub fn month(instante: Instante) -> String {
    let dia = Zona::utc().fecha(instante);
    format!("{:04}-{:02}", dia.anio(), dia.mes())
}

fn quiet(envio: &EnvioFila, ctx: &Contexto) -> Result<Option<Instante>, DbError> {
    if envio.clase()?.is_urgente() {
        return Ok(None);
    }
    let silencio = ctx.ajustes.quiet(ctx.notificacion.pais()?);
    let zona = Zona::parse(&ctx.notificacion.zona_horaria).unwrap_or_else(|_| Zona::utc());
    Ok(silencio.and_then(|s| horario::quiet_until(s, &zona, ctx.ahora)))
}

/// Many automatic messages in a row without a word of the person: something turns in circles, or
/// somebody is being worn down (W29).
async fn too_many(
    c: &impl Consulta,
    envio: &EnvioFila,
    ctx: &Contexto,
) -> Result<Option<Instante>, DbError> {
    let (maximo, minutos) = (ctx.ajustes.maximo_seguidos, ctx.ajustes.minutos_seguidos);
    if maximo == 0 || envio.clase()?.is_urgente() {
        return Ok(None);
    }
    let mut desde = ctx.ahora.plus_millis(-minutos * 60_000);
    if envio.canal()? == Canal::Whatsapp
        && let Some(palabra) = entrada::last_word(c, &telefono::key(&envio.direccion)).await?
    {
        desde = desde.max(palabra);
    }
    let van = envios::left_since(c, &envio.direccion, desde).await?;
    Ok((van >= maximo).then(|| ctx.ahora.plus_millis(minutos.max(1) * 60_000)))
}

/// Free text while the window is open, else the template, else nothing (W19, W21).
async fn shape(
    c: &impl Consulta,
    envio: &EnvioFila,
    ctx: &Contexto,
    linea: &Linea,
) -> Result<Veredicto, DbError> {
    let clase = envio.clase()?;
    let hasta = lineas::window(c, linea.id, &envio.direccion).await?;
    let abierta = hasta.is_some_and(|h| h.millis() - MARGEN_VENTANA_MS > ctx.ahora.millis());
    let admite = clase.finalidad() != Finalidad::Seguridad && ctx.ajustes.texto_en_ventana;
    if abierta && admite && !envio.solo_plantilla {
        return Ok(Veredicto::Salir(Forma::Texto.as_str()));
    }
    let llave = plantilla::Llave { clase, canal: Canal::Whatsapp, pais: ctx.notificacion.pais()? };
    let vigente = plantillas::current(c, llave).await?;
    let nombre = &vigente.contenido.nombre_meta;
    let meta = plantillas::meta(c, &linea.cuenta_id, nombre, vigente.idioma()).await?;
    let aprobada = meta.is_some_and(|m| m.estado == "APPROVED");
    Ok(match aprobada {
        true => Veredicto::Salir(Forma::Plantilla.as_str()),
        false => Veredicto::Fallar("ventana_cerrada"),
    })
}

/// Holds the pace of the line: whoever leaves through it is looked at one at a time, so that what
/// is counted is what left.
pub async fn hold_pace(tx: &Tx, ctx: &Contexto) -> Result<(), DbError> {
    let (clave, _) = pace_of(ctx);
    lineas::lock_pace(tx, &clave, ctx.ahora).await.map(|_| ())
}

/// Key of the pace and milliseconds between two messages.
fn pace_of(ctx: &Contexto) -> (String, i64) {
    match &ctx.linea {
        Some(linea) => (linea.clave(), linea.ritmo_ms()),
        None => (CORREO.to_owned(), ctx.correo.ritmo_ms()),
    }
}

/// Takes a turn in the pace of the line and of the pair. `None`: leaves now.
///
/// A code to sign in does not queue behind a campaign: it takes its place in the pace of the line
/// without waiting for it, which Meta's own limit, four times ours, admits.
pub async fn take_turn(
    tx: &Tx,
    envio: &EnvioFila,
    ctx: &Contexto,
) -> Result<Option<Instante>, DbError> {
    if let Some(turno) = envio.turno {
        return Ok((turno > ctx.ahora).then_some(turno));
    }
    let (clave, ritmo) = pace_of(ctx);
    let libre = lineas::lock_pace(tx, &clave, ctx.ahora).await?.max(ctx.ahora);
    let par = pair_key(envio, ctx);
    let mut turno = if envio.clase()?.is_urgente() { ctx.ahora } else { libre };
    if let Some(par) = &par {
        turno = turno.max(lineas::free_from(tx, par).await?.unwrap_or(ctx.ahora));
    }
    if turno.millis() - ctx.ahora.millis() > TURNO_MAXIMO_MS {
        return Ok(Some(turno));
    }
    lineas::occupy(tx, &clave, libre.plus_millis(ritmo)).await?;
    if let Some(par) = &par {
        lineas::occupy(tx, par, turno.plus_millis(RITMO_PAR_MS)).await?;
    }
    if turno <= ctx.ahora {
        return Ok(None);
    }
    envios::set_turno(tx, envio.id, turno).await?;
    Ok(Some(turno))
}

fn pair_key(envio: &EnvioFila, ctx: &Contexto) -> Option<String> {
    let linea = ctx.linea.as_ref()?;
    Some(format!("par/{}/{}", linea.id, telefono::key(&envio.direccion)))
}
