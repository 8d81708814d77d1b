//! WhatsApp Cloud API and SMTP on their real wire. Keeps no state of a message.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]
