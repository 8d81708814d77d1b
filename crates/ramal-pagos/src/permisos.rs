//! Permissions that the routes of the slice ask for. Who has them is decided elsewhere.
//!
//! What only a supervisor may do lies in areas of its own (`devoluciones`, `caja`), so that a role
//! with `pagos:*` does everything else.

use ramal_plataforma::{Permiso, permiso};

permiso!(LeerPagos, "pagos:leer");
permiso!(RegistrarPagos, "pagos:registrar");
permiso!(AplicarPagos, "pagos:aplicar");
permiso!(RevertirPagos, "pagos:revertir");
permiso!(DevolverPagos, "pagos:devolver");
permiso!(OperarCaja, "pagos:caja");
permiso!(AprobarDevoluciones, "devoluciones:aprobar");
permiso!(SupervisarCaja, "caja:supervisar");
permiso!(AdministrarCaja, "caja:administrar");

/// All of them.
pub const TODOS: &[&str] = &[
    LeerPagos::NOMBRE,
    RegistrarPagos::NOMBRE,
    AplicarPagos::NOMBRE,
    RevertirPagos::NOMBRE,
    DevolverPagos::NOMBRE,
    OperarCaja::NOMBRE,
    AprobarDevoluciones::NOMBRE,
    SupervisarCaja::NOMBRE,
    AdministrarCaja::NOMBRE,
];
