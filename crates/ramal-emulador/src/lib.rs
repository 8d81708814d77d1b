//! ramal-emulador.
