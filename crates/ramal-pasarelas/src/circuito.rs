//! Circuit breaker of one address: after several failures in a row, or too many of the last calls,
//! nobody calls for a while; then one call tries. It holds no clock and sleeps never.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Calls looked back at.
const VENTANA: usize = 20;

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
    ultimas: VecDeque<bool>,
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
    /// Opens after `umbral` failures in a row, or more than half of the last 20, for `pausa_ms`.
    pub(crate) fn new(umbral: u32, pausa_ms: i64) -> Circuito {
        Circuito { estado: Mutex::default(), umbral: umbral.max(1), pausa_ms }
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

    /// Whether it refuses calls now.
    pub(crate) fn is_abierto(&self, ahora_ms: i64) -> bool {
        self.lock().abierto_hasta.is_some_and(|hasta| ahora_ms < hasta)
    }

    fn lock(&self) -> MutexGuard<'_, Estado> {
        self.estado.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Estado {
    fn note(&mut self, fallo: bool) {
        if self.ultimas.len() == VENTANA {
            self.ultimas.pop_front();
        }
        self.ultimas.push_back(fallo);
    }

    fn is_mala_racha(&self, umbral: u32) -> bool {
        let fallos = self.ultimas.iter().filter(|f| **f).count();
        self.seguidos >= umbral || (self.ultimas.len() == VENTANA && fallos * 2 > VENTANA)
    }
}

impl Paso<'_> {
    /// An answer came: closes the circuit.
    pub(crate) fn succeed(self) {
        let mut estado = self.circuito.lock();
        estado.seguidos = 0;
        estado.note(false);
        if estado.abierto_hasta.take().is_some() {
            estado.ultimas.clear();
        }
    }

    /// No answer. True if this failure opened the circuit.
    pub(crate) fn fail(self, ahora_ms: i64) -> bool {
        let mut estado = self.circuito.lock();
        estado.seguidos = estado.seguidos.saturating_add(1);
        estado.note(true);
        let abre = estado.is_mala_racha(self.circuito.umbral);
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
        assert!(c.is_abierto(999) && !c.is_abierto(1_000));
        assert_eq!(c.enter(400).unwrap_err(), 600);
        let sondeo = c.enter(1_000).unwrap();
        assert!(c.enter(1_000).is_err(), "only one tries");
        assert!(sondeo.fail(1_000), "a failed try opens again at once");
        c.enter(2_000).unwrap().succeed();
        assert!(c.enter(2_000).is_ok());
    }

    #[test]
    fn more_than_half_of_the_last_twenty_open_it_though_never_in_a_row() {
        let c = Circuito::new(5, 1_000);
        let abre: Vec<bool> = (0..22)
            .map(|n| {
                let paso = c.enter(0).unwrap();
                if n % 4 == 0 {
                    paso.succeed();
                    return false;
                }
                paso.fail(0)
            })
            .take_while(|abre| !abre)
            .collect();
        assert_eq!(abre.len(), 19, "the twentieth call opens it");
    }
}
