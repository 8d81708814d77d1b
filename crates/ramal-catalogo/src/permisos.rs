//! Permissions that the routes of the slice ask for. Who has them is decided elsewhere.

use ramal_plataforma::{Permiso, permiso};

permiso!(LeerCatalogo, "catalogo:leer");
permiso!(EditarCatalogo, "catalogo:editar");

/// All of them.
pub const TODOS: &[&str] = &[LeerCatalogo::NOMBRE, EditarCatalogo::NOMBRE];
