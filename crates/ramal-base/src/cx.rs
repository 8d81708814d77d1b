//! Context of an action: clock, ids, who acts. The only door to the system clock and to randomness
//! of ids.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use uuid::{ContextV7, Timestamp, Uuid};

use crate::{Id, Instante};

/// Source of the present instant.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> Instante;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instante {
        Instante::from_millis(jiff::Timestamp::now().as_millisecond())
    }
}

/// A clock that stands still until it is moved; for tests and demos.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Clock that stands at `instante`.
    pub fn new(instante: Instante) -> FixedClock {
        FixedClock(AtomicI64::new(instante.millis()))
    }

    /// Moves the clock by `ms` milliseconds, either way.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    /// Puts the clock at `instante`.
    pub fn set(&self, instante: Instante) {
        self.0.store(instante.millis(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Instante {
        Instante::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Where new ids come from.
trait Ids: Send + Sync {
    fn next(&self, now: Instante) -> Uuid;
}

struct RandomIds(std::sync::Mutex<ContextV7>);

impl Ids for RandomIds {
    fn next(&self, now: Instante) -> Uuid {
        let ms = u64::try_from(now.millis()).unwrap_or(0);
        let nanos = u32::try_from(ms % 1000).unwrap_or(0) * 1_000_000;
        let context = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Uuid::new_v7(Timestamp::from_unix(&*context, ms / 1000, nanos))
    }
}

struct CountedIds(AtomicU64);

impl Ids for CountedIds {
    fn next(&self, now: Instante) -> Uuid {
        let n = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        let ms = u64::try_from(now.millis()).unwrap_or(0);
        let mut cola = [0u8; 10];
        cola[2..].copy_from_slice(&n.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(ms, &cola).into_uuid()
    }
}

/// What an action needs from outside: the time, new ids, and the name of who acts (for the audit
/// trail).
#[derive(Clone)]
pub struct Cx {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    actor: Arc<str>,
}

impl Cx {
    /// Context on the machine's clock.
    pub fn system(actor: &str) -> Cx {
        Cx::with_clock(Arc::new(SystemClock), actor)
    }

    /// Context on a given clock, with random ids.
    pub fn with_clock(clock: Arc<dyn Clock>, actor: &str) -> Cx {
        let ids = RandomIds(std::sync::Mutex::new(ContextV7::new()));
        Cx { clock, ids: Arc::new(ids), actor: actor.into() }
    }

    /// Context on a given clock, with ids that count from one: same calls, same ids.
    pub fn fixed(clock: Arc<dyn Clock>, actor: &str) -> Cx {
        Cx { clock, ids: Arc::new(CountedIds(AtomicU64::new(0))), actor: actor.into() }
    }

    /// The same context in the name of another actor.
    pub fn as_actor(&self, actor: &str) -> Cx {
        Cx { actor: actor.into(), ..self.clone() }
    }

    /// Now.
    pub fn now(&self) -> Instante {
        self.clock.now()
    }

    /// A new identifier.
    pub fn new_id<T>(&self) -> Id<T> {
        Id::from_uuid(self.ids.next(self.clock.now()))
    }

    /// Who acts: `cli`, `clave:<name>`, `trabajo:<kind>`. Never a person's data.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The clock, for a component that outlives the action.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reloj() -> Arc<FixedClock> {
        Arc::new(FixedClock::new(Instante::from_millis(1_796_083_200_123)))
    }

    #[test]
    fn a_fixed_clock_moves_only_when_it_is_told() {
        let clock = reloj();
        let cx = Cx::fixed(clock.clone(), "cli");
        assert_eq!(cx.now(), cx.now());
        clock.advance(-123);
        assert_eq!(cx.now().to_string(), "2026-12-01T00:00:00Z");
        clock.set(Instante::from_millis(5));
        assert_eq!(cx.clock().now().millis(), 5);
    }

    #[test]
    fn same_calls_on_a_fixed_context_give_the_same_ids() {
        let ids = |cx: &Cx| -> Vec<Id<()>> { (0..3).map(|_| cx.new_id()).collect() };
        let (uno, otro) = (Cx::fixed(reloj(), "a"), Cx::fixed(reloj(), "b"));
        assert_eq!(ids(&uno), ids(&otro));
        assert_ne!(uno.new_id::<()>(), Cx::fixed(reloj(), "a").new_id());
    }

    #[test]
    fn ids_sort_by_time_and_then_by_order_of_making() {
        let clock = reloj();
        for cx in [Cx::fixed(clock.clone(), "cli"), Cx::with_clock(clock.clone(), "cli")] {
            let mut ids: Vec<Id<()>> = (0..2000).map(|_| cx.new_id()).collect();
            clock.advance(1);
            ids.push(cx.new_id());
            assert!(ids.windows(2).all(|par| par[0] < par[1]));
            assert!(ids.iter().all(|id| id.uuid().get_version_num() == 7));
        }
    }

    #[test]
    fn an_id_carries_the_millisecond_of_its_clock() {
        let cx = Cx::with_clock(reloj(), "cli");
        let (segundos, nanos) = cx.new_id::<()>().uuid().get_timestamp().unwrap().to_unix();
        assert_eq!((segundos, nanos / 1_000_000), (1_796_083_200, 123));
    }

    #[test]
    fn acting_for_another_keeps_clock_and_ids() {
        let cx = Cx::fixed(reloj(), "cli");
        let otro = cx.as_actor("trabajo:timbrar");
        assert_eq!((cx.actor(), otro.actor()), ("cli", "trabajo:timbrar"));
        assert_ne!(cx.new_id::<()>(), otro.new_id());
        assert_eq!(cx.now(), otro.now());
    }
}
