//! Payment gateways on their real wire, behind one port. Keeps no state of a payment.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]
