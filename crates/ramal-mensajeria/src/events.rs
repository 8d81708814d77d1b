//! What the slice tells: how notifications end, lines that stop, messages that come in. Events
//! carry ids and codes, never an address or a text.

use ramal_db::Evento;
use serde::Serialize;
use uuid::Uuid;

use crate::{Clase, EstadoNotificacion, NotificacionId};

/// A notification arrived, was read, failed, or is uncertain.
#[derive(Clone, Debug, Serialize)]
pub struct NotificacionCambio {
    /// The notification.
    pub notificacion_id: NotificacionId,
    /// Its kind.
    pub clase: Clase,
    /// How it stands.
    pub estado: EstadoNotificacion,
    /// Cliente, if it is one.
    pub cliente_id: Option<Uuid>,
    /// What it is about, e.g. `factura`.
    pub objeto_tipo: Option<String>,
    /// Which.
    pub objeto_id: Option<Uuid>,
}

impl Evento for NotificacionCambio {
    const TIPO: &'static str = "notificacion.cambio";
    fn sujeto(&self) -> String {
        format!("notificacion/{}", self.notificacion_id)
    }
    fn cliente(&self) -> Option<Uuid> {
        self.cliente_id
    }
}

/// A line or the mailbox stopped: nothing leaves until a person says so.
#[derive(Clone, Debug, Serialize)]
pub struct CanalDetenido {
    /// `linea/<id>` or `correo`.
    pub clave: String,
    /// Code of the provider.
    pub codigo: String,
}

impl Evento for CanalDetenido {
    const TIPO: &'static str = "canal.detenido";
    fn sujeto(&self) -> String {
        self.clave.clone()
    }
}

/// A template was paused, refused or changed of category at Meta.
#[derive(Clone, Debug, Serialize)]
pub struct PlantillaCambio {
    /// Name at Meta.
    pub nombre: String,
    /// State.
    pub estado: String,
    /// Category.
    pub categoria: String,
}

impl Evento for PlantillaCambio {
    const TIPO: &'static str = "plantilla.cambio";
    fn sujeto(&self) -> String {
        format!("plantilla/{}", self.nombre)
    }
}

/// Somebody wrote to a line.
#[derive(Clone, Debug, Serialize)]
pub struct MensajeRecibido {
    /// The message.
    pub mensaje_id: Uuid,
    /// The line.
    pub linea_id: Uuid,
    /// Its type.
    pub tipo: String,
}

impl Evento for MensajeRecibido {
    const TIPO: &'static str = "mensaje.recibido";
    fn sujeto(&self) -> String {
        format!("mensaje/{}", self.mensaje_id)
    }
}

/// The month reached its cap: advertising stops until the next one.
#[derive(Clone, Debug, Serialize)]
pub struct TopeAlcanzado {
    /// Month, `2026-11`.
    pub mes: String,
    /// Spent so far, millionths.
    pub micros: i64,
    /// The cap, millionths.
    pub tope_micros: i64,
}

impl Evento for TopeAlcanzado {
    const TIPO: &'static str = "mensajes.tope";
    fn sujeto(&self) -> String {
        format!("mensajes/{}", self.mes)
    }
}
