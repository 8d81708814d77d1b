//! The recurring billing run: load a chunk of customers, plan, post and number in one transaction,
//! then seal.
//!
//! Any crash leaves whole chunks done or untouched, and a numbered invoice without its XML is
//! sealed by the next run.

pub mod carga;
pub mod contexto;
pub mod espera;
pub mod motor;
pub mod papel;
pub mod plan;
pub mod previa;
pub mod preview;
pub mod publicacion;
pub mod resumen;
pub mod sellado;

pub use contexto::Contexto;
pub use espera::Detenido;
pub use motor::{Avance, Opciones, run};
pub use preview::preview;
pub use resumen::{Aparcamiento, ResumenCorrida, resumen};
