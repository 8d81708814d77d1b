//! Money that came in: payments, reversals, refunds, the cash desk.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]
