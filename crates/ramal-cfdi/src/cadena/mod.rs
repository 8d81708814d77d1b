//! Cadena original: straight from the typed model when issuing, and from any parsed document, as the official
//! stylesheets would, when judging others'. It signs nothing and checks no sello.

mod tipada;

pub use tipada::cadena_original;
