//! Switches of an emulator, kept as one value, and the draws made from its seed. It knows no
//! channel.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::fallas::Regla;

/// Switches of type `T` in use.
pub struct Mando<T> {
    valor: Mutex<T>,
    semilla: u64,
    sorteos: AtomicU64,
}

impl<T: Clone> Mando<T> {
    /// Switches at their initial position.
    pub fn new(valor: T, semilla: u64) -> Mando<T> {
        Mando { valor: Mutex::new(valor), semilla, sorteos: AtomicU64::new(0) }
    }

    fn lock(&self) -> MutexGuard<'_, T> {
        self.valor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of the switches as they stand.
    pub fn current(&self) -> T {
        self.lock().clone()
    }

    /// Replaces all the switches.
    pub fn replace(&self, valor: T) {
        *self.lock() = valor;
    }

    /// Reads one value of the switches.
    pub fn get<V>(&self, pick: impl FnOnce(&T) -> V) -> V {
        pick(&self.lock())
    }

    /// Whether the rule fires now; counts it down.
    pub fn fires(&self, pick: impl FnOnce(&mut T) -> &mut Regla) -> bool {
        let mut valor = self.lock();
        let regla = pick(&mut valor);
        if regla.proximas > 0 {
            regla.proximas -= 1;
            return true;
        }
        let parte = regla.por_diez_mil;
        drop(valor);
        parte > 0 && self.draw(10_000) < u64::from(parte)
    }

    /// A number below `sobre`, from the seed.
    pub fn draw(&self, sobre: u64) -> u64 {
        let n = self.sorteos.fetch_add(1, Ordering::SeqCst);
        number(self.semilla, &n.to_be_bytes()) % sobre.max(1)
    }
}

/// A number that depends on nothing but the seed and the bytes.
pub fn number(semilla: u64, bytes: &[u8]) -> u64 {
    let mut h = Sha256::new();
    h.update(semilla.to_be_bytes());
    h.update(bytes);
    h.finalize().iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
}
