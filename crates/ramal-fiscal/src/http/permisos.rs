//! Permissions that this slice's routes ask for.

use ramal_plataforma::{Permiso, permiso};

permiso!(LeerComprobantes, "comprobantes:leer");
permiso!(ReintentarComprobantes, "comprobantes:reintentar");
permiso!(AnularComprobantes, "comprobantes:anular");
permiso!(LeerCertificados, "certificados:leer");
permiso!(AdministrarCertificados, "certificados:administrar");

/// All of them.
pub const TODOS: &[&str] = &[
    LeerComprobantes::NOMBRE,
    ReintentarComprobantes::NOMBRE,
    AnularComprobantes::NOMBRE,
    LeerCertificados::NOMBRE,
    AdministrarCertificados::NOMBRE,
];
