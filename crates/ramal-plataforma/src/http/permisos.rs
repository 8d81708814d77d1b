//! Permissions that this slice's routes ask for.

use crate::{Permiso, permiso};

permiso!(LeerEmpresa, "empresa:leer");
permiso!(LeerEmisores, "emisores:leer");
permiso!(LeerAuditoria, "auditoria:leer");
permiso!(LeerClaves, "claves_api:leer");
permiso!(AdministrarClaves, "claves_api:administrar");

/// All of them.
pub const TODOS: &[&str] = &[
    LeerEmpresa::NOMBRE,
    LeerEmisores::NOMBRE,
    LeerAuditoria::NOMBRE,
    LeerClaves::NOMBRE,
    AdministrarClaves::NOMBRE,
];
