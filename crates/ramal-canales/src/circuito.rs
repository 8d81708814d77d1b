//! Circuit breaker of one address: after several failures in a row nobody calls for a while, then
//! one call tries. It holds no clock and never sleeps.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Failures in a row that open it (integrations.md 0).
const UMBRAL: u32 = 5;
/// Time that it refuses calls, ms.
const PAUSA_MS: i64 = 30_000;

/// State shared by every caller of one address.
#[derive(Debug, Default)]
pub(crate) struct Circuito(Mutex<Estado>);

#[derive(Debug, Default)]
struct Estado {
    seguidos: u32,
    abierto_hasta: Option<i64>,
    sondeo: bool,
}

/// Leave to call once. Dropped without a verdict (a cancelled call), it judges nothing.
#[derive(Debug)]
pub(crate) struct Paso<'a> {
    circuito: &'a Circuito,
    sondeo: bool,
}

impl Circuito {
    /// Leave to call, or how many ms to wait.
    pub(crate) fn enter(&self, ahora_ms: i64) -> Result<Paso<'_>, i64> {
        let mut estado = self.lock();
        match estado.abierto_hasta {
            None => Ok(Paso { circuito: self, sondeo: false }),
            Some(hasta) if ahora_ms < hasta => Err(hasta - ahora_ms),
            Some(_) if estado.sondeo => Err(PAUSA_MS),
            Some(_) => {
                estado.sondeo = true;
                Ok(Paso { circuito: self, sondeo: true })
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Estado> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Paso<'_> {
    /// The other side answered, whatever it said.
    pub(crate) fn succeed(self) {
        let mut estado = self.circuito.lock();
        estado.seguidos = 0;
        estado.abierto_hasta = None;
    }

    /// It did not answer.
    pub(crate) fn fail(self, ahora_ms: i64) {
        let mut estado = self.circuito.lock();
        estado.seguidos = estado.seguidos.saturating_add(1);
        if estado.seguidos >= UMBRAL {
            estado.abierto_hasta = Some(ahora_ms + PAUSA_MS);
        }
    }
}

impl Drop for Paso<'_> {
    fn drop(&mut self) {
        if self.sondeo {
            self.circuito.lock().sondeo = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_the_fifth_failure_in_a_row_and_one_call_tries() {
        let c = Circuito::default();
        (0..4).for_each(|_| c.enter(0).unwrap().fail(0));
        c.enter(0).unwrap().succeed();
        (0..5).for_each(|_| c.enter(0).unwrap().fail(0));
        assert_eq!(c.enter(10_000).unwrap_err(), 20_000);
        let sondeo = c.enter(30_000).unwrap();
        assert!(c.enter(30_000).is_err(), "only one tries");
        sondeo.fail(30_000);
        assert!(c.enter(30_001).is_err(), "a failed try opens again at once");
        drop(c.enter(60_000).unwrap());
        c.enter(60_000).unwrap().succeed();
        assert!(c.enter(60_001).is_ok());
    }
}
