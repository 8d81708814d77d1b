//! Emulated SUNAT: billService, consult and validity services over one registry. It deliberately
//! offers no sendPack.

mod admin;
mod catalogos;
mod cdr;
mod estructura;
mod fallo;
mod recepcion;
mod registro;
mod reglas;
mod resumen;
mod servicio;
mod sobre;
mod validez;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use ramal_base::{Clock, Instante, Zona};

use crate::Error;
use crate::fallas::{Control, Fallas};
use crate::prueba::{Identidad, Titular};
use crate::servidor::wrap;
use registro::Registro;

pub use cdr::RUC_SUNAT;
pub use registro::{Conteo, Estado};

/// How the emulated SUNAT is started.
pub struct Opciones {
    /// Folder of the state; `None` keeps it in memory.
    pub dir: Option<PathBuf>,
    /// Seed of every draw: rejections, jitter.
    pub semilla: u64,
    /// Fault switches at the start.
    pub fallas: Fallas,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Secondary user; the username is the RUC followed by it.
    pub usuario: String,
    /// Password.
    pub clave: String,
}

impl Opciones {
    /// State in memory, no faults, user `MODDATOS`, password `moddatos`, as in SUNAT's beta.
    pub fn new(clock: Arc<dyn Clock>) -> Opciones {
        Opciones {
            dir: None,
            semilla: 1,
            fallas: Fallas::default(),
            clock,
            usuario: "MODDATOS".into(),
            clave: "moddatos".into(),
        }
    }
}

/// The emulated SUNAT.
pub struct Emulador {
    registro: Mutex<Registro>,
    control: Arc<Control>,
    identidad: Identidad,
    zona: Zona,
    opciones: Opciones,
}

impl Emulador {
    /// Opens the state and the test identity.
    ///
    /// Errors: the folder cannot be used, or its journal is not ours.
    pub fn abrir(opciones: Opciones) -> Result<Arc<Emulador>, Error> {
        let dir = opciones.dir.as_deref();
        let titular = Titular { nombre: "SUNAT EMULADA", numero: RUC_SUNAT, serie: "20260001" };
        let identidad = Identidad::abrir(dir, &titular, opciones.clock.now())?;
        let registro = Registro::abrir(dir)?;
        let zona = Zona::parse("America/Lima").map_err(|_| Error::Zona("America/Lima".into()))?;
        let control = Control::new(opciones.fallas.clone(), opciones.semilla);
        Ok(Arc::new(Emulador {
            registro: Mutex::new(registro),
            control: Arc::new(control),
            identidad,
            zona,
            opciones,
        }))
    }

    /// The services of SUNAT and the admin routes.
    pub fn router(self: Arc<Self>) -> Router {
        let negocio = Router::new()
            .merge(servicio::routes())
            .merge(validez::routes())
            .with_state(self.clone());
        let control = self.control.clone();
        wrap(negocio, control).merge(admin::routes().with_state(self))
    }

    /// The fault switches, for a test in the same process.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// DER of the certificate that signs the CDRs.
    pub fn certificado_der(&self) -> &[u8] {
        self.identidad.certificado.der()
    }

    /// How often each document was received and registered.
    pub fn conteos(&self) -> std::collections::BTreeMap<String, Conteo> {
        self.state().conteos.clone()
    }

    fn state(&self) -> MutexGuard<'_, Registro> {
        self.registro.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Instante {
        self.opciones.clock.now().plus_millis(self.control.get(|f| f.reloj_desfase_ms))
    }
}
