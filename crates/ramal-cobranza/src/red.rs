//! The state of a service at the network: what is desired, never an order that is sent once and
//! forgotten (S4). Until a device is driven, an adapter that records.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::nucleo::{Bloqueo, EstadoCobranza};
use crate::puertos::{FallaRed, Observado, OrdenRed, Red};

/// State of a service at the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstadoRed {
    /// Con servicio.
    Activo,
    /// Página de aviso en lugar de internet.
    BloqueadoAviso,
    /// Sin servicio.
    Bloqueado,
    /// Fuera de la red.
    Retirado,
}

impl EstadoRed {
    /// Stored and wire text.
    pub fn as_str(self) -> &'static str {
        match self {
            EstadoRed::Activo => "activo",
            EstadoRed::BloqueadoAviso => "bloqueado_aviso",
            EstadoRed::Bloqueado => "bloqueado",
            EstadoRed::Retirado => "retirado",
        }
    }

    /// Reads the stored text.
    pub fn parse(texto: &str) -> Option<EstadoRed> {
        use EstadoRed::{Activo, Bloqueado, BloqueadoAviso, Retirado};
        [Activo, BloqueadoAviso, Bloqueado, Retirado].into_iter().find(|e| e.as_str() == texto)
    }

    /// Whether the customer is without internet.
    pub fn is_bloqueo(self) -> bool {
        matches!(self, EstadoRed::BloqueadoAviso | EstadoRed::Bloqueado)
    }

    /// What a service in a state of collections should have.
    pub fn of(estado: EstadoCobranza, bloqueo: Bloqueo) -> EstadoRed {
        match (estado, bloqueo) {
            (EstadoCobranza::Suspendido, Bloqueo::Aviso) => EstadoRed::BloqueadoAviso,
            (EstadoCobranza::Suspendido, Bloqueo::Total) | (EstadoCobranza::Cortado, _) => {
                EstadoRed::Bloqueado
            }
            (EstadoCobranza::PausaCliente, _) => EstadoRed::Bloqueado,
            (EstadoCobranza::Baja, _) => EstadoRed::Retirado,
            _ => EstadoRed::Activo,
        }
    }
}

/// The adapter that records: what is desired is written down and no device is driven.
///
/// It never confirms, so no reconnection fee follows from it (S7).
#[derive(Clone, Copy, Debug, Default)]
pub struct RedRegistrada;

#[async_trait]
impl Red for RedRegistrada {
    async fn apply(&self, orden: &OrdenRed) -> Result<Observado, FallaRed> {
        Ok(Observado { estado: orden.deseado, confirmado: false })
    }

    async fn observe(&self, _servicio: Uuid) -> Result<Observado, FallaRed> {
        Err(FallaRed("no device to ask".to_owned()))
    }
}

/// An emulated network whose devices obey at once and say so; for demos and tests.
#[derive(Debug, Default)]
pub struct RedEmulada(Mutex<HashMap<Uuid, EstadoRed>>);

impl RedEmulada {
    fn devices(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, EstadoRed>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Puts a device in a state behind our back, as a person with a cable would.
    pub fn tamper(&self, servicio: Uuid, estado: EstadoRed) {
        self.devices().insert(servicio, estado);
    }
}

#[async_trait]
impl Red for RedEmulada {
    async fn apply(&self, orden: &OrdenRed) -> Result<Observado, FallaRed> {
        self.devices().insert(orden.servicio_id, orden.deseado);
        Ok(Observado { estado: orden.deseado, confirmado: true })
    }

    async fn observe(&self, servicio: Uuid) -> Result<Observado, FallaRed> {
        let estado = self.devices().get(&servicio).copied().unwrap_or(EstadoRed::Activo);
        Ok(Observado { estado, confirmado: true })
    }
}
