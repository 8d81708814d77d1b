//! Switches of the notices and of what is credited. Faults of the transport are those of every
//! emulator; they are not repeated here.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::fallas::Regla;

/// Everything that can go wrong with notices. The default makes nothing go wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FallasAvisos {
    /// Wait before the first attempt, ms.
    pub demora_ms: i64,
    /// Extra wait from 0 to this many ms, drawn from the seed: the order is lost.
    pub barajar_ms: i64,
    /// Never sent.
    pub perder: Regla,
    /// Sent more than once.
    pub duplicar: Regla,
    /// Most copies of a duplicated one besides the first, drawn from the seed; 0 is one.
    pub copias: u32,
    /// A forged one goes besides: it says that the payment was credited.
    pub falsificar: Regla,
    /// A copy signed an hour ago goes besides.
    pub vencer: Regla,
    /// A legacy notice without a signature goes besides (Mercado Pago).
    pub sin_firma: Regla,
    /// The person pays one unit of the currency more than was asked.
    pub importe_equivocado: Regla,
}

/// The switches in use and the draws made from the seed.
pub struct Conmutadores {
    fallas: Mutex<FallasAvisos>,
    semilla: u64,
    sorteos: AtomicU64,
}

impl Conmutadores {
    /// Switches at their initial position.
    pub fn new(fallas: FallasAvisos, semilla: u64) -> Conmutadores {
        Conmutadores { fallas: Mutex::new(fallas), semilla, sorteos: AtomicU64::new(0) }
    }

    fn lock(&self) -> MutexGuard<'_, FallasAvisos> {
        self.fallas.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of the switches as they stand.
    pub fn current(&self) -> FallasAvisos {
        self.lock().clone()
    }

    /// Replaces all the switches.
    pub fn replace(&self, fallas: FallasAvisos) {
        *self.lock() = fallas;
    }

    /// Whether a rule fires now; counts it down.
    pub fn fires(&self, pick: impl FnOnce(&mut FallasAvisos) -> &mut Regla) -> bool {
        let mut fallas = self.lock();
        let regla = pick(&mut fallas);
        if regla.proximas > 0 {
            regla.proximas -= 1;
            return true;
        }
        let parte = u64::from(regla.por_diez_mil);
        drop(fallas);
        parte > 0 && self.draw(10_000) < parte
    }

    /// Wait before the first attempt of a notice, ms.
    pub fn delay_ms(&self) -> i64 {
        let (fija, sobre) = {
            let fallas = self.lock();
            (fallas.demora_ms.max(0), fallas.barajar_ms.max(0))
        };
        let extra = u64::try_from(sobre).map_or(0, |s| if s == 0 { 0 } else { self.draw(s + 1) });
        fija + i64::try_from(extra).unwrap_or(0)
    }

    /// Copies to send besides the first: none, or from one up to the most there may be.
    pub fn copies(&self) -> u64 {
        if !self.fires(|f| &mut f.duplicar) {
            return 0;
        }
        let tope = u64::from(self.lock().copias.max(1));
        1 + self.draw(tope)
    }

    fn draw(&self, sobre: u64) -> u64 {
        let n = self.sorteos.fetch_add(1, Ordering::SeqCst);
        let mut h = Sha256::new();
        h.update(self.semilla.to_be_bytes());
        h.update(n.to_be_bytes());
        let valor = h.finalize().iter().take(8).fold(0u64, |v, b| v << 8 | u64::from(*b));
        valor % sobre.max(1)
    }
}
