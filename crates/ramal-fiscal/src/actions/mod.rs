//! Actions of the slice, one per file. None commits, sleeps or calls an authority.

pub mod pause_emisor;
pub mod request_baja;
pub mod resume_emisor;
pub mod retry_comprobante;
pub mod retry_en_tanda;
pub mod send_resumenes;

pub use pause_emisor::pause_emisor;
pub use request_baja::{Motivo, request_baja};
pub use resume_emisor::resume_emisor;
pub use retry_comprobante::retry_comprobante;
pub use retry_en_tanda::ReintentarEnTanda;
pub use send_resumenes::send_resumenes;
