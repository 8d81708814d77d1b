//! Operations on money and on the cash desk: one transaction each, of whoever calls.
//!
//! Every one that touches a payment locks its cliente first, then the payment, then the shift: the
//! order of billing, so that two of them wait for each other and never cross.

mod apply_pago;
mod charge_back;
mod close_turno;
mod move_caja;
mod open_turno;
mod partes;
mod partidas;
mod pay_factura;
mod record_pago;
mod refund;
mod reverse_pago;
mod write_caja;

pub use apply_pago::{apply_pago, reapply_pago, unapply_pago};
pub use charge_back::record_contracargo;
pub use close_turno::{DatosCierre, DatosConteo, FacultadCierre, approve_cierre, close_turno};
pub use move_caja::{DatosMovimiento, record_movimiento};
pub use open_turno::{DatosApertura, open_turno};
pub use partes::motivo;
pub(crate) use partes::positive;
pub use pay_factura::{DatosPago, pay_factura};
pub use record_pago::record_pago;
pub(crate) use record_pago::{Detalle, operation_key, record_detailed};
pub use refund::{approve_devolucion, record_devolucion, reject_devolucion, request_devolucion};
pub use reverse_pago::{MotivoReverso, check_reversible, reverse_pago};
pub use write_caja::{DatosCaja, create_caja, update_caja};
