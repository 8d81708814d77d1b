//! Actions of the slice, one per file. None commits, sleeps or calls an authority.

pub mod request_baja;
pub mod resume_emisor;
pub mod retry_comprobante;
pub mod send_resumenes;

pub use request_baja::{Motivo, request_baja};
pub use resume_emisor::resume_emisor;
pub use retry_comprobante::retry_comprobante;
pub use send_resumenes::send_resumenes;
