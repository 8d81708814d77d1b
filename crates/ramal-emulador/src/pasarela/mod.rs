//! Emulated payment gateway: Ramal's own wire, Mercado Pago's and Stripe's over one set of rules,
//! with a page where a person pays. It deliberately shares no code with the adapters it judges.

mod admin;
mod autenticar;
mod avisos;
mod conmutadores;
mod emulada;
mod entrega;
mod estado;
mod firma;
mod html;
mod importes;
mod liquidacion;
mod mercadopago;
mod mercadopago_json;
mod mercadopago_pagos;
mod operaciones;
mod pagar;
mod registro;
mod stripe;
mod stripe_forma;
mod stripe_json;
mod stripe_listas;
mod tablero;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use ramal_base::{Clock, Instante, Moneda};
use tokio::sync::Notify;

use crate::Error;
use crate::fallas::{Control, Fallas};
use crate::servidor::wrap;
use conmutadores::Conmutadores;
use registro::Registro;

pub use conmutadores::FallasAvisos;
pub use estado::{Comercio, Hilo};

/// Secret of the notices of the account that [`Opciones::new`] makes on Ramal's own wire.
pub const SECRETO_EMULADA: &str = "whsec_cmFtYWwtc2VjcmV0by1kZS1wcnVlYmEtMzItYnl0ZXM=";
/// Bearer key of that account.
pub const CLAVE_EMULADA: &str = "clave-emulada-demo";
/// That account.
pub const CUENTA_EMULADA: &str = "comercio-demo";

/// How the emulated gateway is started.
pub struct Opciones {
    /// Folder of the state; `None` keeps it in memory.
    pub dir: Option<PathBuf>,
    /// Seed of every draw and of the ids.
    pub semilla: u64,
    /// Faults of the transport at the start.
    pub fallas: Fallas,
    /// Faults of the notices at the start.
    pub avisos: FallasAvisos,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Accounts; the token tells them apart.
    pub comercios: Vec<Comercio>,
    /// Public address of this server, with its prefix if it hangs under one; `None` takes the
    /// `Host` of each request.
    pub base: Option<String>,
    /// What the gateway keeps, in ten thousandths.
    pub comision_por_diez_mil: i64,
    /// Wait before the second attempt of a notice, ms; doubles each time.
    pub reintento_ms: i64,
    /// Attempts of a notice in all.
    pub intentos: usize,
    /// How long the receiver of a notice may take, ms.
    pub limite_aviso_ms: u64,
}

impl Opciones {
    /// State in memory, no faults, one account on Ramal's own wire and on Stripe's and two on
    /// Mercado Pago's (Mexico and Peru), 3.49 %, 6 attempts from 2 s on.
    pub fn new(clock: Arc<dyn Clock>) -> Opciones {
        Opciones {
            dir: None,
            semilla: 1,
            fallas: Fallas::default(),
            avisos: FallasAvisos::default(),
            clock,
            comercios: demo_accounts(),
            base: None,
            comision_por_diez_mil: 349,
            reintento_ms: 2_000,
            intentos: 6,
            limite_aviso_ms: 22_000,
        }
    }
}

fn demo_accounts() -> Vec<Comercio> {
    let account = |hilo, cuenta: &str, token: &str, secreto: &str, monedas: &[Moneda]| Comercio {
        hilo,
        cuenta: cuenta.into(),
        token: token.into(),
        secreto: secreto.into(),
        secreto_anterior: None,
        monedas: monedas.to_vec(),
        aviso: None,
    };
    let (mx, pe) = ([Moneda::Mxn], [Moneda::Pen]);
    let todas = [Moneda::Mxn, Moneda::Pen, Moneda::Usd];
    vec![
        account(Hilo::Emulada, CUENTA_EMULADA, CLAVE_EMULADA, SECRETO_EMULADA, &todas),
        account(Hilo::Mercadopago, "100000001", "TEST-token-mx", "clave-webhook-demo", &mx),
        account(Hilo::Mercadopago, "100000002", "TEST-token-pe", "clave-webhook-demo-pe", &pe),
        account(Hilo::Stripe, "acct_demo", "sk_test_demo", "whsec_demo", &todas),
    ]
}

/// The emulated gateway.
pub struct Emulador {
    registro: Mutex<Registro>,
    control: Arc<Control>,
    conmutadores: Conmutadores,
    comercios: Mutex<Vec<Comercio>>,
    opciones: Opciones,
    http: reqwest::Client,
    /// Rings when a notice is put.
    timbre: Notify,
}

impl Emulador {
    /// Opens the state.
    ///
    /// Errors: the folder cannot be used, its journal is not ours, this machine has no
    /// certificates to trust.
    pub fn abrir(opciones: Opciones) -> Result<Arc<Emulador>, Error> {
        let registro = Registro::abrir(opciones.dir.as_deref(), opciones.semilla)?;
        let control = Control::new(opciones.fallas.clone(), opciones.semilla);
        let limite = std::time::Duration::from_millis(opciones.limite_aviso_ms);
        let http = reqwest::Client::builder()
            .timeout(limite)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| Error::Certificado(e.to_string()))?;
        Ok(Arc::new(Emulador {
            registro: Mutex::new(registro),
            control: Arc::new(control),
            conmutadores: Conmutadores::new(opciones.avisos.clone(), opciones.semilla),
            comercios: Mutex::new(opciones.comercios.clone()),
            opciones,
            http,
            timbre: Notify::new(),
        }))
    }

    /// The three wires, the page where a person pays, the board and the admin routes.
    ///
    /// Notices leave only while [`Emulador::send_avisos`] runs or [`Emulador::send_due`] is called.
    pub fn router(self: Arc<Self>) -> Router {
        let hilos = Router::new()
            .nest("/emulada", emulada::routes())
            .nest("/mercadopago", mercadopago::routes())
            .nest("/stripe", stripe::routes())
            .with_state(self.clone());
        let personas = Router::new()
            .merge(pagar::routes())
            .merge(tablero::routes())
            .merge(admin::routes())
            .with_state(self.clone());
        wrap(hilos, self.control.clone()).merge(personas)
    }

    /// Faults of the transport, for a test in the same process.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Replaces the faults of the notices.
    pub fn set_avisos(&self, fallas: FallasAvisos) {
        self.conmutadores.replace(fallas);
    }

    /// Where the notices of an account go, on a wire that does not say it per payment (Stripe).
    pub fn set_aviso(&self, cuenta: &str, url: &str) {
        for comercio in self.accounts().iter_mut().filter(|c| c.cuenta == cuenta) {
            comercio.aviso = Some(url.to_owned());
        }
    }

    /// Changes the secret of an account's notices; the one in force goes on signing beside it
    /// where the vendor does so.
    pub fn rotate(&self, cuenta: &str, nuevo: &str) {
        for comercio in self.accounts().iter_mut().filter(|c| c.cuenta == cuenta) {
            let anterior = std::mem::replace(&mut comercio.secreto, nuevo.to_owned());
            comercio.secreto_anterior = Some(anterior);
        }
    }

    /// Charges received, and credited, by the seller's reference: what a test counts.
    pub fn conteo(&self, externa: &str) -> (usize, usize) {
        let registro = self.lock();
        let (mut todos, mut pagados) = (0, 0);
        for pago in registro.pagos().filter(|p| p.datos.externa == externa) {
            todos += 1;
            pagados += usize::from(pago.situacion == estado::Situacion::Acreditado);
        }
        let paginas = registro.paginas().filter(|p| p.datos.externa == externa).count();
        (todos.max(paginas), pagados)
    }

    fn accounts(&self) -> MutexGuard<'_, Vec<Comercio>> {
        self.comercios.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn account(&self, hilo: Hilo, cuenta: &str) -> Option<Comercio> {
        self.accounts().iter().find(|c| c.hilo == hilo && c.cuenta == cuenta).cloned()
    }

    /// The state as it stands, without looking at the clock.
    fn lock(&self) -> MutexGuard<'_, Registro> {
        self.registro.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Instante {
        self.opciones.clock.now().plus_millis(self.control.get(|f| f.reloj_desfase_ms))
    }
}
