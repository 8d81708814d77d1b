//! The account of each customer: append-only double-entry movements and allocations. It knows documents by their id alone.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]
