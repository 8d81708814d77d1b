//! Permissions that this slice's routes ask for.

use ramal_plataforma::{Permiso, permiso};

permiso!(LeerMensajes, "mensajes:leer");
permiso!(EnviarMensajes, "mensajes:enviar");
permiso!(AjustarMensajes, "mensajes:ajustar");
permiso!(EditarPlantillas, "plantillas:editar");

/// All of them.
pub const TODOS: &[&str] = &[
    LeerMensajes::NOMBRE,
    EnviarMensajes::NOMBRE,
    AjustarMensajes::NOMBRE,
    EditarPlantillas::NOMBRE,
];
