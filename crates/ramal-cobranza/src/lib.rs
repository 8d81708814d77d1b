//! Dunning: notices, promises, late fees, cuts with brakes, reconnection.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]
