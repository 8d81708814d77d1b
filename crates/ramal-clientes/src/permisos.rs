//! Permissions that the routes of the slice ask for. Who has them is decided elsewhere.

use ramal_plataforma::{Permiso, permiso};

permiso!(LeerClientes, "clientes:leer");
permiso!(CrearClientes, "clientes:crear");
permiso!(EditarClientes, "clientes:editar");

/// All of them.
pub const TODOS: &[&str] = &[LeerClientes::NOMBRE, CrearClientes::NOMBRE, EditarClientes::NOMBRE];
