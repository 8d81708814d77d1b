//! From a notification to a message that left: choose, render, freeze, check at the moment of
//! leaving, call, write down. No transaction is open during a call.

pub mod armar;
pub mod asiento;
pub mod carga;
mod correo;
pub mod enviar;
pub mod lanzar;
pub mod preparar;
pub mod respaldo;
pub mod revision;
mod whatsapp;

use std::sync::Arc;

use ramal_base::{Cx, Instante};
use ramal_db::{Db, DbError, Objetos, Tx};
use ramal_jobs::{NuevoTrabajo, enqueue};
use ramal_plataforma::Sello;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::EnvioId;
use crate::canales::Canales;
use crate::jobs::TRABAJO_ENVIAR;

/// What the jobs of the slice need; cloned into each handler.
#[derive(Clone)]
pub struct Servicio {
    /// Database.
    pub db: Db,
    /// Clock and ids.
    pub cx: Cx,
    /// Master key.
    pub sello: Arc<Sello>,
    /// Files.
    pub objetos: Objetos,
    /// Channels.
    pub canales: Arc<dyn Canales>,
    /// Address of the site, `https://…`, without bar at the end.
    pub sitio: Arc<str>,
}

/// Data of a job about an envio.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct DatosEnvio {
    pub(crate) envio: EnvioId,
}

/// Asks for the job that lets an envio leave.
pub(crate) async fn ask_send(
    tx: &Tx,
    cx: &Cx,
    id: EnvioId,
    cuando: Instante,
) -> Result<(), DbError> {
    let trabajo = NuevoTrabajo::new(TRABAJO_ENVIAR, json!({ "envio": id }))
        .with_clave(id.to_string())
        .no_antes_de(cuando);
    enqueue(tx, cx, trabajo).await
}
