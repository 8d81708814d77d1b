//! Random moments that repeat with their seed. Not for secrets.

use std::time::Duration;

/// SplitMix64: small, and the same everywhere.
pub struct Azar(u64);

impl Azar {
    /// A sequence of its own for each seed.
    pub fn new(seed: u64) -> Azar {
        Azar(seed)
    }

    /// A number below `limit`, which is positive.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit.max(1)
    }

    /// A time between 10 ms and `widest`.
    pub fn duration(&mut self, widest: Duration) -> Duration {
        let limit = u64::try_from(widest.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(10 + self.below(limit.saturating_sub(10)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_moments_within_bounds() {
        let draw = |seed| -> Vec<Duration> {
            let mut azar = Azar::new(seed);
            (0..50).map(|_| azar.duration(Duration::from_millis(200))).collect()
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
        let bounds = Duration::from_millis(10)..Duration::from_millis(200);
        assert!(draw(3).iter().all(|d| bounds.contains(d)));
    }
}
