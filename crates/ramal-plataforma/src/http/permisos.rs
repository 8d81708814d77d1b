//! Permissions that this slice's routes ask for.

use crate::{Permiso, permiso};

permiso!(LeerEmpresa, "empresa:leer");
permiso!(LeerEmisores, "emisores:leer");
permiso!(LeerAuditoria, "auditoria:leer");
permiso!(LeerClaves, "claves_api:leer");
permiso!(AdministrarClaves, "claves_api:administrar");
permiso!(LeerUsuarios, "usuarios:leer");
permiso!(AdministrarUsuarios, "usuarios:administrar");
permiso!(LeerRoles, "roles:leer");
permiso!(AdministrarRoles, "roles:administrar");
permiso!(LeerSucursales, "sucursales:leer");
permiso!(AdministrarSucursales, "sucursales:administrar");

/// All of them.
pub const TODOS: &[&str] = &[
    LeerEmpresa::NOMBRE,
    LeerEmisores::NOMBRE,
    LeerAuditoria::NOMBRE,
    LeerClaves::NOMBRE,
    AdministrarClaves::NOMBRE,
    LeerUsuarios::NOMBRE,
    AdministrarUsuarios::NOMBRE,
    LeerRoles::NOMBRE,
    AdministrarRoles::NOMBRE,
    LeerSucursales::NOMBRE,
    AdministrarSucursales::NOMBRE,
];
