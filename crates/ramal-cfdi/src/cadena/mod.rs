//! Cadena original: straight from the typed model when issuing, and from any parsed document, as
//! the official stylesheets would, when judging others'. It signs nothing and checks no sello.

mod documento;
mod maquina;
mod programa;
mod tabla;
mod tipada;

pub use documento::{
    CadenaDocumento, CadenaError, Espacios, NS_CFDI_3, NS_CFDI_40, NS_TFD, cadena_de_bytes,
    cadena_de_documento, cadena_del_timbre,
};
pub use tipada::cadena_original;
