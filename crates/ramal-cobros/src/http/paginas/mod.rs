//! Pages of the slice: where a customer pays, the cobros and their flow, the payments that wait,
//! the settings. Thin: a rule that a page needs is in an action.

mod ajustes;
mod comun;
mod cuarentena;
mod detalle;
mod lista;
mod pagar;
mod pago;
mod pasos;

use ramal_plataforma::Permiso;
use ramal_web::Sitio;
use ramal_web::pagina::Acceso;

use crate::permisos::{AjustarCobros, CrearCobros, DevolverCobros, LeerCobros, ResolverCobros};

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    publico().merge(cobros()).merge(espera())
}

fn publico() -> Sitio {
    Sitio::new()
        .get("/f/{token}/pagar", Acceso::Publico, pagar::get_pagar)
        .post("/f/{token}/pagar", Acceso::Publico, pagar::post_pagar)
        .get("/f/{token}/pagar/{cobro}", Acceso::Publico, pago::ver)
        .post("/f/{token}/pagar/{cobro}", Acceso::Publico, pago::reintentar)
}

fn cobros() -> Sitio {
    let leer = Acceso::Permiso(LeerCobros::NOMBRE);
    let crear = Acceso::Permiso(CrearCobros::NOMBRE);
    let devolver = Acceso::Permiso(DevolverCobros::NOMBRE);
    let ajustar = Acceso::Permiso(AjustarCobros::NOMBRE);
    Sitio::new()
        .get("/facturacion/cobros", leer, lista::lista)
        .get("/facturacion/cobros/{cobro}", leer, detalle::detalle)
        .post("/facturacion/cobros/{cobro}/consultar", leer, detalle::consultar)
        .post("/facturacion/cobros/{cobro}/cancelar", crear, detalle::cancelar)
        .get("/facturacion/cobros/{cobro}/devolver", devolver, detalle::get_devolver)
        .post("/facturacion/cobros/{cobro}/devolver", devolver, detalle::post_devolver)
        .get("/admin/ajustes/pagos", ajustar, ajustes::ver)
        .post("/admin/ajustes/pagos", ajustar, ajustes::guardar)
        .post("/admin/ajustes/pagos/secretos", ajustar, ajustes::guardar_secreto)
        .post("/admin/ajustes/pagos/probar", ajustar, ajustes::probar)
}

fn espera() -> Sitio {
    let leer = Acceso::Permiso(LeerCobros::NOMBRE);
    let resolver = Acceso::Permiso(ResolverCobros::NOMBRE);
    Sitio::new()
        .get("/facturacion/conciliacion/cuarentena", leer, cuarentena::lista)
        .get("/facturacion/conciliacion/cuarentena/{id}", resolver, cuarentena::ver)
        .post("/facturacion/conciliacion/cuarentena/{id}/asignar", resolver, cuarentena::asignar)
        .post(
            "/facturacion/conciliacion/cuarentena/{id}/descartar",
            resolver,
            cuarentena::descartar,
        )
}
