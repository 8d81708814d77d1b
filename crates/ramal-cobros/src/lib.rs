//! Requests for money at a gateway: payment links, webhooks, the sweeper, the page where one pays.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]
