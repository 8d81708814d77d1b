//! What one worker holds in its hands: jobs that wait, run, or ended and are not yet settled. No
//! database.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use ramal_base::Instante;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::storage::Toma;
use crate::{JobError, Manejador, Registro, Resumen, Trabajo};

/// Ended jobs that are worth a transaction by themselves.
const LOTE_HECHOS: usize = 200;
/// Longest wait for more ended jobs before the ones at hand are settled.
const ESPERA_LOTE: Duration = Duration::from_millis(50);
/// Jobs taken ahead per running one: few enough for other processes to get their share.
const ADELANTO: usize = 8;

/// A job that ended, well or not.
pub(crate) struct Hecho {
    pub trabajo: Trabajo,
    pub resultado: Result<(), JobError>,
}

/// The hands of a worker.
#[derive(Default)]
pub(crate) struct Turno {
    en_espera: BTreeMap<String, VecDeque<Trabajo>>,
    activos: BTreeMap<String, Vec<Toma>>,
    en_marcha: JoinSet<Hecho>,
    /// Ended, not settled in the database.
    pub hechos: Vec<Hecho>,
    /// When the leases were last renewed.
    pub renovado: Option<Instante>,
    /// When the schedules are to be looked at again; at once if absent.
    pub horarios: Option<Instante>,
    /// What was done so far.
    pub resumen: Resumen,
}

impl Turno {
    /// Whether nothing is held.
    pub fn is_idle(&self) -> bool {
        self.en_marcha.is_empty() && self.hechos.is_empty() && self.waiting() == 0
    }

    fn waiting(&self) -> usize {
        self.en_espera.values().map(VecDeque::len).sum()
    }

    /// How many more jobs of the handler's kind to take now.
    pub fn room(&self, manejador: &dyn Manejador) -> usize {
        let concurrencia = manejador.politica().concurrencia.max(1);
        let en_espera = self.en_espera.get(manejador.tipo()).map_or(0, VecDeque::len);
        let activos = self.activos.get(manejador.tipo()).map_or(0, Vec::len);
        if en_espera >= concurrencia {
            return 0;
        }
        (concurrencia * ADELANTO).saturating_sub(en_espera + activos)
    }

    /// Everything held and not ended, whose lease is to be renewed.
    pub fn held(&self) -> Vec<Toma> {
        let en_espera = self.en_espera.values().flatten().map(Toma::from);
        en_espera.chain(self.activos.values().flatten().copied()).collect()
    }

    /// Takes the claimed jobs in hand and starts as many as may run.
    pub fn accept(&mut self, trabajos: Vec<Trabajo>, registro: &Registro) {
        for trabajo in trabajos {
            self.en_espera.entry(trabajo.tipo.clone()).or_default().push_back(trabajo);
        }
        for manejador in registro.manejadores.values() {
            while self.start_one(manejador) {}
        }
    }

    /// Lets go of the jobs that did not begin.
    pub fn let_go(&mut self) -> Vec<Toma> {
        std::mem::take(&mut self.en_espera).values().flatten().map(Toma::from).collect()
    }

    fn start_one(&mut self, manejador: &Arc<dyn Manejador>) -> bool {
        let activos = self.activos.entry(manejador.tipo().to_owned()).or_default();
        if activos.len() >= manejador.politica().concurrencia.max(1) {
            return false;
        }
        let cola = self.en_espera.get_mut(manejador.tipo());
        let Some(trabajo) = cola.and_then(VecDeque::pop_front) else { return false };
        activos.push(Toma::from(&trabajo));
        self.en_marcha.spawn(run_guarded(manejador.clone(), trabajo));
        true
    }

    /// Gathers ended jobs until there are enough for a batch or the short wait is over, and starts
    /// those that come next. Returns at once when nothing runs or on `cancel`.
    pub async fn gather(&mut self, registro: &Registro, cancel: &CancellationToken) {
        let tope = tokio::time::sleep(ESPERA_LOTE);
        tokio::pin!(tope);
        while self.hechos.len() < LOTE_HECHOS {
            tokio::select! {
                biased;
                () = cancel.cancelled() => return,
                hecho = self.en_marcha.join_next() => match hecho {
                    Some(Ok(hecho)) => self.take_in(hecho, registro),
                    Some(Err(error)) => tracing::error!(%error, "a job's task was cut"),
                    None => return,
                },
                () = &mut tope => return,
            }
        }
    }

    fn take_in(&mut self, hecho: Hecho, registro: &Registro) {
        let toma = Toma::from(&hecho.trabajo);
        if let Some(activos) = self.activos.get_mut(&hecho.trabajo.tipo) {
            activos.retain(|t| *t != toma);
        }
        if let Some(manejador) = registro.manejadores.get(hecho.trabajo.tipo.as_str()) {
            self.start_one(manejador);
        }
        self.hechos.push(hecho);
    }
}

/// Runs the handler; a panic becomes a failure that is tried again.
async fn run_guarded(manejador: Arc<dyn Manejador>, trabajo: Trabajo) -> Hecho {
    let corrida = AssertUnwindSafe(manejador.run(&trabajo)).catch_unwind().await;
    let resultado = corrida.unwrap_or_else(|panico| {
        Err(JobError::retry(format!("el programa falló: {}", panic_text(panico.as_ref()))))
    });
    Hecho { trabajo, resultado }
}

fn panic_text(panico: &(dyn Any + Send)) -> &str {
    let texto = panico.downcast_ref::<&str>().copied();
    texto.or_else(|| panico.downcast_ref::<String>().map(String::as_str)).unwrap_or("sin mensaje")
}
