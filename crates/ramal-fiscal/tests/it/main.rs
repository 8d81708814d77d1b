//! Legal documents against the emulated authorities, on both engines. Files named after risks.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bajas;
mod caidas;
mod envios;
mod mundo;
mod paginas;
mod paginas_ajustes;
mod paginas_lotes;
mod plazos;
mod rechazos;
mod resumenes;
mod rutas;
mod visita;
