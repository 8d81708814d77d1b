//! Permissions that the routes of the slice ask for. Who has them is decided elsewhere.

use ramal_plataforma::{Permiso, permiso};

permiso!(LeerFacturas, "facturas:leer");
permiso!(EmitirFacturas, "facturas:emitir");
permiso!(AnularFacturas, "facturas:anular");
permiso!(CobrarFacturas, "facturas:cobrar");
permiso!(LeerFacturacion, "facturacion:leer");
permiso!(EjecutarFacturacion, "facturacion:ejecutar");
permiso!(AjustarFacturacion, "facturacion:ajustar");

/// All of them.
pub const TODOS: &[&str] = &[
    LeerFacturas::NOMBRE,
    EmitirFacturas::NOMBRE,
    AnularFacturas::NOMBRE,
    CobrarFacturas::NOMBRE,
    LeerFacturacion::NOMBRE,
    EjecutarFacturacion::NOMBRE,
    AjustarFacturacion::NOMBRE,
];
