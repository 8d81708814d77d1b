//! Permissions that this slice's routes ask for.

use ramal_plataforma::{Permiso, permiso};

permiso!(LeerMensajes, "mensajes:leer");
permiso!(ReintentarMensajes, "mensajes:reintentar");
permiso!(EnviarMensajes, "mensajes:enviar");
permiso!(AjustarMensajes, "mensajes:ajustar");
permiso!(LeerPlantillas, "plantillas:leer");
permiso!(EditarPlantillas, "plantillas:editar");

/// All of them.
pub const TODOS: &[&str] = &[
    LeerMensajes::NOMBRE,
    ReintentarMensajes::NOMBRE,
    EnviarMensajes::NOMBRE,
    AjustarMensajes::NOMBRE,
    LeerPlantillas::NOMBRE,
    EditarPlantillas::NOMBRE,
];
