//! Pages of the slice: who owes, promises, cuts, notices, the tab of a customer, the settings.
//! Thin: a rule that a page needs is in an action or in the core.

mod acto;
mod ajustes;
mod ajustes_forma;
mod avisos;
mod cliente;
mod comun;
mod corte;
mod cortes;
mod lote;
mod morosos;
mod promesa;
mod promesas;
mod servicio;

use ramal_plataforma::Permiso;
use ramal_web::Sitio;
use ramal_web::pagina::{Acceso, EntradaMenu};

use crate::permisos::{
    AjustarCobranza, AnularPromesas, AprobarCortes, AvisarCobranza, EjecutarCortes, EximirCobranza,
    LeerCobranza, LeerPromesas, PausarServicios, RegistrarPromesas,
};

/// Entry of the rail; promises, cuts and notices are its tabs.
const MENU: &[EntradaMenu] = &[EntradaMenu {
    espacio: "facturacion",
    orden: 36,
    ruta: comun::MOROSOS,
    texto: "menu-morosos",
    permiso: LeerCobranza::NOMBRE,
}];

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    listas().merge(del_cliente()).merge(de_ajustes()).menu(MENU)
}

fn listas() -> Sitio {
    let leer = Acceso::Permiso(LeerCobranza::NOMBRE);
    let avisar = Acceso::Permiso(AvisarCobranza::NOMBRE);
    let aprobar = Acceso::Permiso(AprobarCortes::NOMBRE);
    let ejecutar = Acceso::Permiso(EjecutarCortes::NOMBRE);
    let prometidas = Acceso::Permiso(LeerPromesas::NOMBRE);
    let anular = Acceso::Permiso(AnularPromesas::NOMBRE);
    Sitio::new()
        .get("/facturacion/morosos", leer, morosos::lista)
        .post("/facturacion/morosos/recordar", avisar, lote::post_recordar)
        .get("/facturacion/morosos/promesas", prometidas, promesas::lista)
        .get("/facturacion/morosos/promesas/{codigo}/anular", anular, promesas::get_anular)
        .post("/facturacion/morosos/promesas/{codigo}/anular", anular, promesas::post_anular)
        .get("/facturacion/morosos/avisos", leer, avisos::lista)
        .get("/facturacion/morosos/avisos/{id}/entregado", avisar, avisos::get_entregado)
        .post("/facturacion/morosos/avisos/{id}/entregado", avisar, avisos::post_entregado)
        .get("/facturacion/morosos/cortes", leer, cortes::lista)
        .get("/facturacion/morosos/cortes/{fecha}", leer, corte::ver)
        .post("/facturacion/morosos/cortes/{fecha}/aprobar", aprobar, corte::post_aprobar)
        .post("/facturacion/morosos/cortes/{fecha}/ejecutar", ejecutar, corte::post_ejecutar)
        .get("/facturacion/morosos/cortes/{fecha}/{servicio}", aprobar, corte::get_retirar)
        .post("/facturacion/morosos/cortes/{fecha}/{servicio}", aprobar, corte::post_retirar)
}

fn del_cliente() -> Sitio {
    let leer = Acceso::Permiso(LeerCobranza::NOMBRE);
    let registrar = Acceso::Permiso(RegistrarPromesas::NOMBRE);
    let eximir = Acceso::Permiso(EximirCobranza::NOMBRE);
    let pausar = Acceso::Permiso(PausarServicios::NOMBRE);
    Sitio::new()
        .get("/admin/clientes/{codigo}/cobranza", leer, cliente::ver)
        .get("/admin/clientes/{codigo}/cobranza/promesa", registrar, promesa::get_nueva)
        .post("/admin/clientes/{codigo}/cobranza/promesa", registrar, promesa::post_nueva)
        .get("/admin/servicios/{codigo}/exencion", eximir, servicio::get_exencion)
        .post("/admin/servicios/{codigo}/exencion", eximir, servicio::post_exencion)
        .post("/admin/servicios/{codigo}/exencion/retirar", eximir, servicio::post_retirar)
        .get("/admin/servicios/{codigo}/pausa", pausar, servicio::get_pausa)
        .post("/admin/servicios/{codigo}/pausa", pausar, servicio::post_pausa)
        .post("/admin/servicios/{codigo}/pausa/terminar", pausar, servicio::post_terminar)
        .get("/facturacion/morosos/episodios/{id}/condonar", eximir, cliente::get_condonar)
        .post("/facturacion/morosos/episodios/{id}/condonar", eximir, cliente::post_condonar)
}

fn de_ajustes() -> Sitio {
    let ajustar = Acceso::Permiso(AjustarCobranza::NOMBRE);
    Sitio::new()
        .get("/admin/ajustes/cobranza", ajustar, ajustes::ver)
        .post("/admin/ajustes/cobranza", ajustar, ajustes::post_politica)
        .post("/admin/ajustes/cobranza/quitar", ajustar, ajustes::post_quitar)
        .post("/admin/ajustes/cobranza/dias", ajustar, ajustes::post_dia)
        .post("/admin/ajustes/cobranza/dias/{id}/quitar", ajustar, ajustes::post_quitar_dia)
}
