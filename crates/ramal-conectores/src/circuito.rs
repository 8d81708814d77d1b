//! Circuit breaker of one address: after several transport failures in a row nobody calls for a
//! while, then one call tries. It holds no clock and sleeps never.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// State shared by every caller of one address.
#[derive(Debug)]
pub(crate) struct Circuito {
    estado: Mutex<Estado>,
    umbral: u32,
    pausa_ms: i64,
}

#[derive(Debug, Default)]
struct Estado {
    seguidos: u32,
    abierto_hasta: Option<i64>,
    sondeo: bool,
}

/// Leave to call once. Dropped without a result (a cancelled call), it judges nothing.
#[derive(Debug)]
pub(crate) struct Paso<'a> {
    circuito: &'a Circuito,
    sondeo: bool,
}

impl Circuito {
    /// Opens after `umbral` failures in a row, for `pausa_ms`.
    pub(crate) fn new(umbral: u32, pausa_ms: i64) -> Circuito {
        Circuito { estado: Mutex::new(Estado::default()), umbral: umbral.max(1), pausa_ms }
    }

    /// Leave to call, or how many ms to wait.
    pub(crate) fn enter(&self, ahora_ms: i64) -> Result<Paso<'_>, i64> {
        let mut estado = self.lock();
        match estado.abierto_hasta {
            None => Ok(Paso { circuito: self, sondeo: false }),
            Some(hasta) if ahora_ms < hasta => Err(hasta - ahora_ms),
            Some(_) if estado.sondeo => Err(self.pausa_ms),
            Some(_) => {
                estado.sondeo = true;
                Ok(Paso { circuito: self, sondeo: true })
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Estado> {
        self.estado.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Paso<'_> {
    /// An answer came: closes the circuit.
    pub(crate) fn succeed(self) {
        let mut estado = self.circuito.lock();
        estado.seguidos = 0;
        estado.abierto_hasta = None;
    }

    /// No answer. True if this failure opened the circuit.
    pub(crate) fn fail(self, ahora_ms: i64) -> bool {
        let mut estado = self.circuito.lock();
        estado.seguidos = estado.seguidos.saturating_add(1);
        let abre = estado.seguidos >= self.circuito.umbral;
        if abre {
            estado.abierto_hasta = Some(ahora_ms + self.circuito.pausa_ms);
        }
        abre
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
    fn it_opens_after_the_last_failure_in_a_row_and_tries_with_one_call() {
        let c = Circuito::new(3, 1_000);
        assert!(!c.enter(0).unwrap().fail(0));
        c.enter(0).unwrap().succeed();
        assert!(!c.enter(0).unwrap().fail(0));
        assert!(!c.enter(0).unwrap().fail(0));
        assert!(c.enter(0).unwrap().fail(0), "third in a row");
        assert_eq!(c.enter(400).unwrap_err(), 600);
        let sondeo = c.enter(1_000).unwrap();
        assert!(c.enter(1_000).is_err(), "only one tries");
        assert!(sondeo.fail(1_000), "a failed try opens again at once");
        assert!(c.enter(1_500).is_err());
        c.enter(2_000).unwrap().succeed();
        assert!(c.enter(2_000).is_ok());
        assert!(c.enter(2_000).is_ok());
    }

    #[test]
    fn a_cancelled_try_does_not_close_the_door_for_ever() {
        let c = Circuito::new(1, 10);
        assert!(c.enter(0).unwrap().fail(0));
        drop(c.enter(10).unwrap());
        assert!(c.enter(10).is_ok());
    }
}
