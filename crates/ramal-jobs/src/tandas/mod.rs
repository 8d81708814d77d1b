//! Bulk acts on many objects: one row per object, done in chunks by jobs, with a report of what was
//! done, left out and failed. It knows no object and asks for no permission.
//!
//! Each object is applied at least once, also when the process is killed between two chunks; the
//! failure of one never stops the rest.

mod accion;
mod actos;
mod correr;
mod lectura;
mod nombres;

pub use accion::{AccionDeTanda, Encargo, Resultado};
pub use actos::{Error, resume_tanda, retry_fallidos, start_tanda, stop_tanda};
pub use correr::CorrerTanda;
pub use lectura::{TandaItem, TandaResumen, item_page, tanda, tandas_recientes};
pub use nombres::{
    EstadoItem, EstadoTanda, NuevaTanda, Objeto, TandaAvanzo, TandaId, TandaTermino,
};

/// Objects from which a bulk act goes by a tanda instead of in the request itself.
pub const MINIMO_DE_TANDA: usize = 50;
