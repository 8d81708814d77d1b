//! What is done: statements taken in, lines resolved, lotes closed, proofs received and reviewed.

mod close_lote;
mod match_renglon;
mod partes;
mod receive_comprobante;
mod receive_lote;
mod resolucion;
mod resolve_renglon;
mod review_comprobante;
mod set_aside;
mod undo_renglon;
mod write_cuenta;
mod write_referencia;

pub use close_lote::{Ajuste, close_lote, reopen_lote};
pub use match_renglon::{Hecho, match_one};
pub use receive_comprobante::{
    DatosComprobante, NuevoComprobante, check_waiting, receive_comprobante,
};
pub use receive_lote::{NuevoLote, receive_lote};
pub use resolucion::{DestinoParte, Parte, Resolucion};
pub use resolve_renglon::{Orden, resolve_renglon};
pub use review_comprobante::{Aprobacion, approve_comprobante, ask_again, reject_comprobante};
pub use set_aside::{adjust_renglon, set_aside};
pub use undo_renglon::{forget_pago, undo_renglon};
pub use write_cuenta::{DatosCuenta, create_cuenta, update_cuenta};
pub use write_referencia::{DatosReferencia, create_referencia};
