//! Integration tests of the channels: real SMTP servers, scripted ones, and a Graph API that does
//! as told.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod congelado;
mod emulado;
mod fases;
mod graph;
mod guion;
mod oauth;
mod python;
mod smtp_real;
mod webhook;
