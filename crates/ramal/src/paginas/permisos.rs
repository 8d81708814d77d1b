//! Permissions of the pages that belong to no slice.

use ramal_plataforma::{Permiso, permiso};

permiso!(VerTablero, "tablero:leer");
permiso!(VerSistema, "sistema:leer");
permiso!(OperarSistema, "sistema:operar");

/// All of them.
pub const TODOS: &[&str] = &[VerTablero::NOMBRE, VerSistema::NOMBRE, OperarSistema::NOMBRE];
