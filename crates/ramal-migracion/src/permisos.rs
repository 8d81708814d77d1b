//! Permissions that the routes of the slice ask for. Who has them is decided elsewhere.

use ramal_plataforma::{Permiso, permiso};

permiso!(ImportarClientes, "importaciones:crear");
permiso!(LeerImportaciones, "importaciones:leer");
permiso!(DeshacerImportaciones, "importaciones:deshacer");

/// All of them.
pub const TODOS: &[&str] =
    &[ImportarClientes::NOMBRE, LeerImportaciones::NOMBRE, DeshacerImportaciones::NOMBRE];
