//! Puts a message on the first channel that can carry it. One place decides the order of envios of
//! a notification, so that two workers never make two.

use ramal_base::Zona;
use ramal_db::{DbError, Tx};

use super::armar::{Armado, Encargo, Pieza, build};
use super::{Servicio, asiento, ask_send};
use crate::storage::envios::{self, NuevoEnvio};
use crate::storage::{avisos, notificaciones};
use crate::{Canal, EnvioId, Error, EstadoEnvio, EstadoNotificacion};

/// Which envio is being made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Motivo {
    /// Place among the envios of the notification, from 1. If it is taken, nothing is made.
    pub orden: i32,
    /// Envio that failed and that this one makes good on another channel.
    pub respaldo_de: Option<EnvioId>,
    /// The channel said that only a template passes.
    pub solo_plantilla: bool,
}

/// Renders for the channels in order until one can carry it, and queues it. Gives the envio, or the
/// reason of the first channel if none could.
pub async fn launch(
    servicio: &Servicio,
    encargo: &Encargo,
    canales: &[(Canal, String)],
    motivo: Motivo,
) -> Result<Result<EnvioId, &'static str>, Error> {
    let mut primera = None;
    for (canal, direccion) in canales {
        match build(servicio, encargo, (*canal, direccion)).await? {
            Armado::No(por) => primera = primera.or(Some(por)),
            Armado::Listo(pieza) => return queue(servicio, encargo, *pieza, motivo).await.map(Ok),
        }
    }
    Ok(Err(primera.unwrap_or(crate::actions::notify::SIN_CANAL)))
}

async fn queue(
    servicio: &Servicio,
    encargo: &Encargo,
    pieza: Pieza,
    motivo: Motivo,
) -> Result<EnvioId, Error> {
    let cx = &servicio.cx;
    let tx = servicio.db.begin().await?;
    notificaciones::lock(&tx, encargo.lider.id).await?.ok_or(Error::NotificacionNotFound)?;
    let id = pieza.id;
    let canal = pieza.canal;
    let copia = copy_of(encargo, &pieza, cx.new_id::<()>().uuid(), cx.now());
    let nuevo = row(servicio, encargo, pieza, motivo);
    if envios::insert(&tx, nuevo).await? {
        let envio = envios::by_id(&tx, id).await?.ok_or(Error::EnvioNotFound)?;
        asiento::step(&tx, cx, &envio, (&envio.estado, None)).await?;
        if let Some(copia) = copia {
            avisos::put(&tx, copia).await?;
        }
        if canal != Canal::App {
            ask_send(&tx, cx, id, cx.now()).await?;
        }
        asiento::refresh(&tx, cx, encargo.lider.id).await?;
    }
    tx.commit().await?;
    Ok(id)
}

fn row(servicio: &Servicio, encargo: &Encargo, pieza: Pieza, motivo: Motivo) -> NuevoEnvio {
    let ahora = servicio.cx.now();
    let zona = &encargo.destinatario.zona_horaria;
    let zona = Zona::parse(zona).unwrap_or_else(|_| Zona::utc());
    let en_app = pieza.canal == Canal::App;
    let (carga, objeto, sellada) = match pieza.congelada {
        Some(c) => (c.fila, c.objeto, c.sellada),
        None => (None, None, false),
    };
    NuevoEnvio {
        id: pieza.id,
        notificacion_id: encargo.lider.id,
        orden: motivo.orden,
        canal: pieza.canal,
        clase: encargo.clase,
        cliente_id: encargo.destinatario.cliente_id,
        nombre: encargo.destinatario.nombre.clone(),
        direccion: pieza.direccion,
        estado: if en_app { EstadoEnvio::Entregado } else { EstadoEnvio::EnCola },
        codigo: None,
        linea_id: pieza.linea_id,
        message_id: pieza.message_id,
        plantilla_version: pieza.version,
        visto: pieza.visto,
        carga,
        objeto,
        carga_de: None,
        sellada,
        respaldo_de: motivo.respaldo_de,
        solo_plantilla: motivo.solo_plantilla,
        dia: zona.fecha(ahora),
        creado: ahora,
    }
}

/// The note inside the program: the message itself on that channel, or a copy of what left by
/// another. What is sealed leaves no copy.
fn copy_of(
    encargo: &Encargo,
    pieza: &Pieza,
    id: uuid::Uuid,
    ahora: ramal_base::Instante,
) -> Option<avisos::NuevoAviso> {
    let propia = pieza.canal == Canal::App;
    let d = &encargo.destinatario;
    let sin_dueno = d.cliente_id.is_none() && d.usuario_id.is_none();
    if sin_dueno || encargo.is_reservada() || !(propia || encargo.ajustes.copia_en_app) {
        return None;
    }
    let visto = &pieza.visto;
    let titulo = if visto.asunto.len() > 1 { visto.asunto.clone() } else { first_line(visto) };
    Some(avisos::NuevoAviso {
        id,
        notificacion_id: encargo.lider.id,
        envio_id: propia.then_some(pieza.id),
        cliente_id: d.cliente_id,
        usuario_id: d.usuario_id.filter(|_| d.cliente_id.is_none()),
        titulo,
        texto: visto.texto.clone(),
        boton: visto.boton.as_ref().map(|b| (b.rotulo.clone(), b.enlace.clone())),
        creado: ahora,
    })
}

fn first_line(visto: &crate::plantilla::pintado::Pintado) -> String {
    visto.texto.lines().next().unwrap_or_default().chars().take(120).collect()
}

/// No channel could carry it. Writes the reason unless there is an envio that tells more.
pub async fn give_up(
    tx: &Tx,
    servicio: &Servicio,
    encargo: &Encargo,
    motivo: &str,
) -> Result<(), DbError> {
    let id = encargo.lider.id;
    if envios::of_notificacion(tx, id).await?.is_empty() {
        asiento::end(tx, &servicio.cx, id, (EstadoNotificacion::Fallida, motivo)).await?;
    }
    Ok(())
}
