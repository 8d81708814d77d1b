//! Emulated PAC with the SAT behind it: two dialects over one set of rules. It deliberately seals
//! nothing for others.

mod admin;
mod cadena;
mod cancelacion;
mod catalogos;
mod consulta;
mod esquema;
mod esquema_pagos;
mod estructura;
mod finkok;
mod padron;
mod rechazo;
mod registro;
mod reglas;
mod reglas_conceptos;
mod reglas_impuestos;
mod reglas_pagos;
mod sello;
mod sw;
mod timbrado;
mod tipos;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use ramal_base::{Clock, Instante, Zona};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::fallas::{Control, Fallas};
use crate::prueba::{Identidad, Titular};
use crate::servidor::wrap;
use registro::Registro;

pub use registro::{Conteo, Respuesta};

/// RFC of the emulated PAC.
pub const RFC_PAC: &str = "PAC010101AA1";
/// Certificate number of the emulated PAC.
pub const NUMERO_PAC: &str = "30001000000500009999";

/// How the emulated PAC is started.
pub struct Opciones {
    /// Folder of the state; `None` keeps it in memory.
    pub dir: Option<PathBuf>,
    /// Seed of every draw: rejections, jitter, UUIDs.
    pub semilla: u64,
    /// Fault switches at the start.
    pub fallas: Fallas,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// IANA zone of postal codes that have no zone of their own.
    pub zona: String,
    /// User of both dialects.
    pub usuario: String,
    /// Password of both dialects.
    pub clave: String,
    /// Permanent token of the REST dialect, as a panel gives it.
    pub token: String,
    /// Time that a receiver has to answer a cancellation, ms.
    pub plazo_aceptacion_ms: i64,
}

impl Opciones {
    /// State in memory, no faults, user `demo`, password `demo`, token `token-demo`, three days to
    /// answer.
    pub fn new(clock: Arc<dyn Clock>) -> Opciones {
        Opciones {
            dir: None,
            semilla: 1,
            fallas: Fallas::default(),
            clock,
            zona: "America/Mexico_City".into(),
            usuario: "demo".into(),
            clave: "demo".into(),
            token: "token-demo".into(),
            plazo_aceptacion_ms: 3 * 86_400_000,
        }
    }
}

/// What the SAT knows of a receiver, to refuse data that differ (CFDI40145, 40148, 40159).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contribuyente {
    /// RFC.
    pub rfc: String,
    /// Name as registered.
    pub nombre: String,
    /// Postal code.
    pub codigo_postal: String,
    /// Regimes; empty is any.
    #[serde(default)]
    pub regimenes: Vec<String>,
}

/// The emulated PAC.
pub struct Emulador {
    registro: Mutex<Registro>,
    control: Arc<Control>,
    identidad: Identidad,
    zona: Zona,
    opciones: Opciones,
    padron: Mutex<HashMap<String, Contribuyente>>,
}

impl Emulador {
    /// Opens the state and the test identity.
    ///
    /// Errors: the folder cannot be used, its journal is not ours, the zone does not exist.
    pub fn abrir(opciones: Opciones) -> Result<Arc<Emulador>, Error> {
        let dir = opciones.dir.as_deref();
        let titular =
            Titular { nombre: "PAC EMULADO DE RAMAL", numero: RFC_PAC, serie: NUMERO_PAC };
        let identidad = Identidad::abrir(dir, &titular, opciones.clock.now())?;
        let registro = Registro::abrir(dir)?;
        let zona = Zona::parse(&opciones.zona).map_err(|_| Error::Zona(opciones.zona.clone()))?;
        let control = Control::new(opciones.fallas.clone(), opciones.semilla);
        let padron = padron::read(opciones.dir.as_deref())?;
        Ok(Arc::new(Emulador {
            registro: Mutex::new(registro),
            control: Arc::new(control),
            identidad,
            zona,
            opciones,
            padron: Mutex::new(padron),
        }))
    }

    /// Both dialects, the status service and the admin routes.
    pub fn router(self: Arc<Self>) -> Router {
        let negocio = Router::new()
            .merge(sw::routes())
            .merge(finkok::routes())
            .merge(consulta::routes())
            .with_state(self.clone());
        let control = self.control.clone();
        wrap(negocio, control).merge(admin::routes().with_state(self))
    }

    /// The fault switches, for a test in the same process.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// DER of the certificate that stamps.
    pub fn certificado_der(&self) -> &[u8] {
        self.identidad.certificado.der()
    }

    /// How often each invoice was received and stamped.
    pub fn conteos(&self) -> std::collections::BTreeMap<String, Conteo> {
        self.state().conteos.clone()
    }

    /// Registers what the SAT knows of a receiver, and keeps it beside the state.
    ///
    /// Errors: the folder cannot be written.
    pub fn register(&self, datos: Contribuyente) -> Result<(), Error> {
        let mut padron = self.taxpayers();
        padron::append(self.opciones.dir.as_deref(), &datos)?;
        padron.insert(datos.rfc.clone(), datos);
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, Registro> {
        self.registro.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn taxpayers(&self) -> MutexGuard<'_, HashMap<String, Contribuyente>> {
        self.padron.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Instante {
        self.opciones.clock.now().plus_millis(self.control.get(|f| f.reloj_desfase_ms))
    }
}
