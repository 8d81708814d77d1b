//! Sign-in against a scripted provider (wrong tokens) and against a real one. No test of this
//! binary needs a database.

mod claves;
mod entrada;
mod falso;
mod fichas;
mod memoria;
mod navegador;
mod par;
mod peer;
mod salidas;
