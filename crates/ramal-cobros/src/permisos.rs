//! Permissions that the routes of the slice ask for. Who has them is decided elsewhere.

use ramal_plataforma::{Permiso, permiso};

permiso!(LeerCobros, "cobros:leer");
permiso!(CrearCobros, "cobros:crear");
permiso!(DevolverCobros, "cobros:devolver");
permiso!(ResolverCobros, "cobros:resolver");
permiso!(AjustarCobros, "cobros:ajustar");

/// All of them.
pub const TODOS: &[&str] = &[
    LeerCobros::NOMBRE,
    CrearCobros::NOMBRE,
    DevolverCobros::NOMBRE,
    ResolverCobros::NOMBRE,
    AjustarCobros::NOMBRE,
];
