//! Permissions that the routes of the slice ask for. Who has them is decided elsewhere.
//!
//! Adjusting a lote lies in an area of its own, so that a role with `conciliacion:*` does
//! everything else.

use ramal_plataforma::{Permiso, permiso};

permiso!(LeerConciliacion, "conciliacion:leer");
permiso!(ImportarExtractos, "conciliacion:importar");
permiso!(Conciliar, "conciliacion:conciliar");
permiso!(CerrarLotes, "conciliacion:cerrar");
permiso!(AdministrarCuentas, "cuentas_bancarias:administrar");
permiso!(AjustarLotes, "ajustes_conciliacion:aprobar");
permiso!(LeerComprobantesPago, "comprobantes_pago:leer");
permiso!(CargarComprobantesPago, "comprobantes_pago:cargar");
permiso!(RevisarComprobantesPago, "comprobantes_pago:revisar");

/// All of them.
pub const TODOS: &[&str] = &[
    LeerConciliacion::NOMBRE,
    ImportarExtractos::NOMBRE,
    Conciliar::NOMBRE,
    CerrarLotes::NOMBRE,
    AdministrarCuentas::NOMBRE,
    AjustarLotes::NOMBRE,
    LeerComprobantesPago::NOMBRE,
    CargarComprobantesPago::NOMBRE,
    RevisarComprobantesPago::NOMBRE,
];
