//! Permissions that the routes of the slice ask for. Who has them is decided elsewhere.

use ramal_plataforma::{Permiso, permiso};

permiso!(LeerCobranza, "cobranza:leer");
permiso!(AvisarCobranza, "cobranza:avisar");
permiso!(AprobarCortes, "cobranza:aprobar");
permiso!(EjecutarCortes, "cobranza:ejecutar");
permiso!(EximirCobranza, "cobranza:eximir");
permiso!(AjustarCobranza, "cobranza:ajustar");
permiso!(LeerPromesas, "promesas:leer");
permiso!(RegistrarPromesas, "promesas:registrar");
permiso!(AnularPromesas, "promesas:anular");
permiso!(PausarServicios, "servicios:pausar");

/// All of them.
pub const TODOS: &[&str] = &[
    LeerCobranza::NOMBRE,
    AvisarCobranza::NOMBRE,
    AprobarCortes::NOMBRE,
    EjecutarCortes::NOMBRE,
    EximirCobranza::NOMBRE,
    AjustarCobranza::NOMBRE,
    LeerPromesas::NOMBRE,
    RegistrarPromesas::NOMBRE,
    AnularPromesas::NOMBRE,
    PausarServicios::NOMBRE,
];
