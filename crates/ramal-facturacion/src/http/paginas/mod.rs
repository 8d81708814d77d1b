//! Pages of the slice: invoices, runs, boards, the tabs of a customer, the invoice by link. Thin: a
//! rule that a page needs is in an action or in the core.

mod actos;
mod anular;
mod archivos;
mod cambio;
mod cliente;
mod comun;
mod corrida;
mod corridas;
mod cuenta;
mod detalle;
mod detalle_vista;
pub(crate) mod exportar;
mod fallos;
mod filtro;
mod formas;
mod imprimir;
mod lista;
mod lote;
mod notas;
mod nueva;
mod pagos_de;
mod publica;
mod recargo;
mod reenviar;
mod revisar;
mod revisar_vista;
mod tablero;

pub(crate) use archivos::attached;
pub use publica::enlace_publico;

use ramal_plataforma::Permiso;
use ramal_web::Sitio;
use ramal_web::pagina::{Acceso, EntradaMenu};

use crate::permisos::{
    AnularFacturas, EjecutarFacturacion, EmitirFacturas, LeerFacturacion, LeerFacturas,
};

/// Entries of the rail of the workspace.
const MENU: &[EntradaMenu] = &[
    entry(10, "/facturacion", "menu-tablero", LeerFacturas::NOMBRE),
    entry(20, "/facturacion/facturas", "menu-facturas", LeerFacturas::NOMBRE),
    entry(30, "/facturacion/corridas", "menu-corridas", LeerFacturacion::NOMBRE),
    entry(50, "/facturacion/kpis", "menu-kpis", LeerFacturas::NOMBRE),
];

const fn entry(
    orden: u16,
    ruta: &'static str,
    texto: &'static str,
    permiso: &'static str,
) -> EntradaMenu {
    EntradaMenu { espacio: "facturacion", orden, ruta, texto, permiso }
}

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    facturas().merge(corridas()).merge(publico()).menu(MENU)
}

fn facturas() -> Sitio {
    let leer = Acceso::Permiso(LeerFacturas::NOMBRE);
    let emitir = Acceso::Permiso(EmitirFacturas::NOMBRE);
    let anular = Acceso::Permiso(AnularFacturas::NOMBRE);
    Sitio::new()
        .get("/facturacion", leer, tablero::tablero)
        .get("/facturacion/kpis", leer, tablero::indicadores)
        .get("/admin/clientes/{codigo}/facturas", leer, cliente::facturas)
        .get("/admin/clientes/{codigo}/cuenta", leer, cuenta::cuenta)
        .get("/admin/clientes/{codigo}/recargos/{recargo}/condonar", anular, recargo::get_condonar)
        .post(
            "/admin/clientes/{codigo}/recargos/{recargo}/condonar",
            anular,
            recargo::post_condonar,
        )
        .get("/admin/clientes/{codigo}/cuenta.csv", leer, cuenta::csv)
        .get("/admin/clientes/{codigo}/cuenta.pdf", leer, cuenta::pdf)
        .get("/facturacion/facturas", leer, lista::lista)
        .get("/facturacion/facturas.csv", leer, exportar::csv)
        .get("/facturacion/facturas/nueva", emitir, nueva::get_nueva)
        .post("/facturacion/facturas/nueva", emitir, nueva::post_nueva)
        .post("/facturacion/facturas/lote", emitir, lote::post_lote)
        .get("/facturacion/facturas/{factura}/imprimir", leer, imprimir::imprimir)
        .post("/facturacion/facturas/{factura}/reenviar", emitir, reenviar::post_reenviar)
        .get("/facturacion/facturas/{factura}/notas", emitir, notas::get_nota)
        .post("/facturacion/facturas/{factura}/notas", emitir, notas::post_nota)
        .get("/facturacion/facturas/{factura}/anular", anular, self::anular::get_anular)
        .post("/facturacion/facturas/{factura}/anular", anular, self::anular::post_anular)
        .get("/facturacion/facturas/{factura}", leer, detalle::detalle)
        .get("/facturacion/facturas/{factura}/pdf", leer, archivos::pdf)
        .get("/facturacion/facturas/{factura}/xml", leer, archivos::xml)
        .get("/facturacion/facturas/{factura}/cdr", leer, archivos::cdr)
        .get("/facturacion/facturas/{factura}/acuse", leer, archivos::acuse)
}

fn corridas() -> Sitio {
    let leer = Acceso::Permiso(LeerFacturacion::NOMBRE);
    let ejecutar = Acceso::Permiso(EjecutarFacturacion::NOMBRE);
    let emitir = Acceso::Permiso(EmitirFacturas::NOMBRE);
    Sitio::new()
        .get("/facturacion/corridas", leer, self::corridas::lista)
        .get("/facturacion/corridas/nueva", leer, self::corridas::get_nueva)
        .post("/facturacion/corridas/nueva", leer, self::corridas::post_nueva)
        .get("/facturacion/corridas/{corrida}", leer, corrida::ver)
        .get("/facturacion/corridas/{corrida}/revisar", leer, revisar::get_revisar)
        .post("/facturacion/corridas/{corrida}/revisar", leer, revisar::post_revisar)
        .post("/facturacion/corridas/{corrida}/emitir", ejecutar, revisar::post_emitir)
        .post("/facturacion/corridas/{corrida}/pausar", ejecutar, corrida::post_pausar)
        .post("/facturacion/corridas/{corrida}/seguir", ejecutar, corrida::post_seguir)
        .post("/facturacion/corridas/{corrida}/reintentar", emitir, corrida::post_reintentar)
        .get("/facturacion/corridas/{corrida}/rechazos.csv", leer, corrida::rechazos)
}

fn publico() -> Sitio {
    Sitio::new()
        .get("/f/{token}", Acceso::Publico, publica::publica)
        .get("/f/{token}/pdf", Acceso::Publico, publica::pdf)
        .get("/f/{token}/xml", Acceso::Publico, publica::xml)
}
