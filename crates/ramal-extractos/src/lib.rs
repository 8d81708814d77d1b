//! Bank statements and provider reports as canonical lines, and matching without guessing. No database, no HTTP.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]
