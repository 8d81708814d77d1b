//! Permissions that the routes of the slice ask for. Who has them is decided elsewhere.

use ramal_plataforma::{Permiso, permiso};

permiso!(LeerServicios, "servicios:leer");
permiso!(ContratarServicios, "servicios:contratar");
permiso!(EditarServicios, "servicios:editar");
permiso!(SuspenderServicios, "servicios:suspender");
permiso!(CancelarServicios, "servicios:cancelar");
permiso!(BajarPlan, "servicios:bajar_plan");
permiso!(LeerContratos, "contratos:leer");
permiso!(CrearContratos, "contratos:crear");

/// All of them.
pub const TODOS: &[&str] = &[
    LeerServicios::NOMBRE,
    ContratarServicios::NOMBRE,
    EditarServicios::NOMBRE,
    SuspenderServicios::NOMBRE,
    CancelarServicios::NOMBRE,
    BajarPlan::NOMBRE,
    LeerContratos::NOMBRE,
    CrearContratos::NOMBRE,
];
