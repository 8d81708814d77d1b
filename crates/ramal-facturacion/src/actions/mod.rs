//! Operations on invoices, one per file. Each takes the transaction first and never commits it.

pub mod create_factura;
pub mod emit_rep;
pub mod issue_global;
pub mod issue_nota;
mod partes;
pub mod reissue;
pub mod reverse;
pub mod void_factura;

pub use create_factura::{DatosFactura, DatosLinea, create_factura};
pub use emit_rep::{Rep, cancel_rep, emit_rep};
pub use issue_global::{Global, issue_global};
pub use issue_nota::{DatosNota, Excedente, LineaNota, SentidoNota, issue_nota};
pub use partes::seal_job;
pub(crate) use partes::{check_sustento, today};
pub use reissue::{Reenvio, reemit, reissue};
pub use void_factura::{Anulacion, DatosAnulacion, settle_void, void_factura};
