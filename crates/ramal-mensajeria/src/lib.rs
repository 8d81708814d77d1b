//! What the company tells people: notifications, templates, channels, deliveries. It knows no customer: callers hand it the addressee.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]
