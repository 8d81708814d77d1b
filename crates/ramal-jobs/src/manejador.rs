//! What a slice implements to do jobs of one kind, and the pace it asks for. Runs nothing itself.

use async_trait::async_trait;

use crate::{JobError, Trabajo};

/// Does the jobs of one kind. It may be given the same job again, so it must be idempotent.
#[async_trait]
pub trait Manejador: Send + Sync {
    /// Kind of job that it does.
    fn tipo(&self) -> &'static str;

    /// Pace and patience.
    fn politica(&self) -> Politica {
        Politica::default()
    }

    /// Does the job. A panic counts as `Retry`.
    async fn run(&self, trabajo: &Trabajo) -> Result<(), JobError>;
}

/// How often and how many at once.
#[derive(Clone, Copy, Debug)]
pub struct Politica {
    /// Milliseconds before attempts 2, 3, …; the last repeats. Up to a quarter is added as jitter.
    pub esperas_ms: &'static [i64],
    /// Attempts in all; when the last one fails, the job is a dead letter.
    pub max_intentos: u32,
    /// Most jobs of the kind at once in this process.
    pub concurrencia: usize,
}

const ESPERAS_MS: &[i64] = &[5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];

impl Default for Politica {
    fn default() -> Politica {
        Politica { esperas_ms: ESPERAS_MS, max_intentos: 10, concurrencia: 4 }
    }
}

impl Politica {
    /// Milliseconds to wait after the failure of attempt `intento` of this job.
    ///
    /// The jitter comes from the job's id, so that a crowd that failed together does not return
    /// together and a test still knows the instant.
    pub fn espera_ms(&self, trabajo: &Trabajo) -> i64 {
        let paso = usize::try_from(trabajo.intento - 1).unwrap_or(0);
        let ultima = self.esperas_ms.len().saturating_sub(1);
        let base = self.esperas_ms.get(paso.min(ultima)).copied().unwrap_or(0);
        base + base / 4 * jitter_por_mil(trabajo) / 1000
    }

    /// Whether attempt `intento` was the last one.
    pub(crate) fn is_ultimo(&self, intento: i32) -> bool {
        u32::try_from(intento).unwrap_or(0) >= self.max_intentos
    }
}

fn jitter_por_mil(trabajo: &Trabajo) -> i64 {
    // FNV-1a: stable across builds, unlike the hasher of the standard library.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in trabajo.id.uuid().as_bytes().iter().chain(&trabajo.intento.to_be_bytes()) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    i64::try_from(hash % 1000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ramal_base::{Id, Instante};

    fn trabajo(id: u128, intento: i32) -> Trabajo {
        Trabajo {
            id: Id::from_uuid(uuid::Uuid::from_u128(id)),
            tipo: "t".into(),
            clave: None,
            datos: serde_json::Value::Null,
            intento,
            creado: Instante::from_millis(0),
            toma: intento,
        }
    }

    #[test]
    fn back_off_grows_to_the_last_step_and_stays_within_a_quarter() {
        let politica = Politica { esperas_ms: &[1_000, 8_000], ..Politica::default() };
        for (intento, base) in [(1, 1_000), (2, 8_000), (3, 8_000), (40, 8_000)] {
            let espera = politica.espera_ms(&trabajo(7, intento));
            assert!((base..=base + base / 4).contains(&espera), "{intento}: {espera}");
        }
    }

    #[test]
    fn jobs_that_failed_together_do_not_return_together_yet_predictably() {
        let politica = Politica { esperas_ms: &[1_000_000], ..Politica::default() };
        let esperas: std::collections::BTreeSet<i64> =
            (0..50).map(|n| politica.espera_ms(&trabajo(n, 1))).collect();
        assert!(esperas.len() > 40, "{} distinct waits", esperas.len());
        assert_eq!(politica.espera_ms(&trabajo(3, 2)), politica.espera_ms(&trabajo(3, 2)));
    }

    #[test]
    fn no_waits_means_at_once() {
        let politica = Politica { esperas_ms: &[], ..Politica::default() };
        assert_eq!(politica.espera_ms(&trabajo(1, 1)), 0);
    }
}
