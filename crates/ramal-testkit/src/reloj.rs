//! The instant at which every test happens. Moves only when a test moves it.

use std::sync::Arc;

use ramal_base::{Cx, FixedClock, Instante};

/// 2026-11-20T15:00:00Z in milliseconds: ten in the morning in Lima, nine in Mexico City.
pub const INSTANTE_FIJO: i64 = 1_795_186_800_000;

/// A clock that stands at [`INSTANTE_FIJO`].
pub fn reloj() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(Instante::from_millis(INSTANTE_FIJO)))
}

/// Context on its own fixed clock, with ids that count from one.
///
/// Two of them give the same ids: clone one instead where both write in a table.
pub fn cx_fijo() -> Cx {
    cx_en(&reloj())
}

/// Context on a clock that the test moves, with ids that count from one.
pub fn cx_en(reloj: &Arc<FixedClock>) -> Cx {
    Cx::fixed(reloj.clone(), "prueba")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_instant_is_the_one_that_the_docs_say() {
        assert_eq!(cx_fijo().now().to_string(), "2026-11-20T15:00:00Z");
    }

    #[test]
    fn moving_the_clock_moves_its_contexts() {
        let reloj = reloj();
        let cx = cx_en(&reloj);
        reloj.advance(1_000);
        assert_eq!(cx.now().to_string(), "2026-11-20T15:00:01Z");
        assert_ne!(cx.new_id::<()>(), cx.new_id::<()>());
    }
}
