//! Bank lines and payment proofs matched to payments, automatically only when one candidate exists.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]
