//! The connectors against the emulated authorities and against servers that misbehave on the wire.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod falso;
mod finkok;
mod mexico;
mod peru;
mod red;
mod sat;
mod sunat;
mod sunat_falso;
mod sw;
mod sw_falso;
