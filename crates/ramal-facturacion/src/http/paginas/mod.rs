//! Pages of the slice: invoices, runs, boards, the tabs of a customer, the invoice by link. Thin: a
//! rule that a page needs is in an action or in the core.

mod actos;
mod archivos;
mod cambio;
mod comun;
mod detalle;
mod detalle_vista;
mod fallos;
mod filtro;
mod lista;
mod publica;

pub use publica::enlace_publico;

use ramal_plataforma::Permiso;
use ramal_web::Sitio;
use ramal_web::pagina::{Acceso, EntradaMenu};

use crate::permisos::LeerFacturas;

/// Entries of the rail of the workspace.
const MENU: &[EntradaMenu] = &[EntradaMenu {
    espacio: "facturacion",
    orden: 20,
    ruta: "/facturacion/facturas",
    texto: "menu-facturas",
    permiso: LeerFacturas::NOMBRE,
}];

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    facturas().merge(publico()).menu(MENU)
}

fn facturas() -> Sitio {
    let leer = Acceso::Permiso(LeerFacturas::NOMBRE);
    Sitio::new()
        .get("/facturacion/facturas", leer, lista::lista)
        .get("/facturacion/facturas/{factura}", leer, detalle::detalle)
        .get("/facturacion/facturas/{factura}/pdf", leer, archivos::pdf)
        .get("/facturacion/facturas/{factura}/xml", leer, archivos::xml)
        .get("/facturacion/facturas/{factura}/cdr", leer, archivos::cdr)
        .get("/facturacion/facturas/{factura}/acuse", leer, archivos::acuse)
}

fn publico() -> Sitio {
    Sitio::new()
        .get("/f/{token}", Acceso::Publico, publica::publica)
        .get("/f/{token}/pdf", Acceso::Publico, publica::pdf)
        .get("/f/{token}/xml", Acceso::Publico, publica::xml)
}
