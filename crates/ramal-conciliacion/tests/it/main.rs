//! Statements and proofs over a small company, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it expects")]

mod comprobantes;
mod conjunto;
mod lotes;
mod mundo;
mod paginas;
mod renglones;
