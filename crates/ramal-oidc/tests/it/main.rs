//! Sign-in against a scripted provider (wrong tokens) and against a real one. No test of this
//! binary needs a database.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod claves;
mod entrada;
mod falso;
mod fichas;
mod memoria;
mod navegador;
mod par;
mod peer;
mod salidas;
