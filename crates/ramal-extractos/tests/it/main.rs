//! Statements of every format, hostile files, and the labelled set of 500 movements.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what it expects")]

mod conjunto;
mod formatos;
mod hostiles;
mod perfiles;
