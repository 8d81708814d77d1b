//! Pages of the slice: payments, the cash desk, refunds, the report, the tab of a cliente. Thin: a
//! rule that a page needs is in an action.

mod actos;
mod caja;
mod cajas;
mod cliente;
mod comun;
mod detalle;
mod devoluciones;
mod exportar;
mod factura;
mod filtro;
mod lista;
mod movimientos;
mod nuevo;
mod recibo;
mod reparto;
mod reporte;
mod turnos;

use ramal_facturacion::permisos::CobrarFacturas;
use ramal_plataforma::Permiso;
use ramal_web::Sitio;
use ramal_web::pagina::{Acceso, EntradaMenu};

use crate::permisos::{
    AdministrarCaja, AplicarPagos, AprobarDevoluciones, DevolverPagos, LeerPagos, OperarCaja,
    RegistrarPagos, RevertirPagos, SupervisarCaja,
};

/// Entry of the rail of the workspace; caja, refunds and report are tabs inside.
const MENU: &[EntradaMenu] = &[EntradaMenu {
    espacio: "facturacion",
    orden: 32,
    ruta: "/facturacion/pagos",
    texto: "menu-pagos",
    permiso: LeerPagos::NOMBRE,
}];

const LEER: Acceso = Acceso::Permiso(LeerPagos::NOMBRE);

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    pagos().merge(escritorio()).merge(factura_y_cliente()).menu(MENU)
}

fn pagos() -> Sitio {
    let registrar = Acceso::Permiso(RegistrarPagos::NOMBRE);
    let aplicar = Acceso::Permiso(AplicarPagos::NOMBRE);
    let revertir = Acceso::Permiso(RevertirPagos::NOMBRE);
    let devolver = Acceso::Permiso(DevolverPagos::NOMBRE);
    Sitio::new()
        .get("/facturacion/pagos", LEER, lista::lista)
        .get("/facturacion/pagos.csv", LEER, exportar::csv)
        .post("/facturacion/pagos/lote", LEER, exportar::lote)
        .get("/facturacion/pagos/reporte", LEER, reporte::reporte)
        .get("/facturacion/pagos/reporte.csv", LEER, reporte::csv)
        .get("/facturacion/pagos/nuevo", registrar, nuevo::get_nuevo)
        .post("/facturacion/pagos/nuevo", registrar, nuevo::post_nuevo)
        .get("/facturacion/pagos/{pago}", LEER, detalle::detalle)
        .get("/facturacion/pagos/{pago}/recibo", LEER, recibo::recibo)
        .get("/facturacion/pagos/{pago}/recibo.pdf", LEER, recibo::pdf)
        .get("/facturacion/pagos/{pago}/aplicar", aplicar, actos::get_aplicar)
        .post("/facturacion/pagos/{pago}/aplicar", aplicar, actos::post_aplicar)
        .get("/facturacion/pagos/{pago}/desaplicar", aplicar, actos::get_desaplicar)
        .post("/facturacion/pagos/{pago}/desaplicar", aplicar, actos::post_desaplicar)
        .get("/facturacion/pagos/{pago}/revertir", revertir, actos::get_revertir)
        .post("/facturacion/pagos/{pago}/revertir", revertir, actos::post_revertir)
        .get("/facturacion/pagos/{pago}/devolver", devolver, actos::get_devolver)
        .post("/facturacion/pagos/{pago}/devolver", devolver, actos::post_devolver)
        .get("/facturacion/pagos/{pago}/contracargo", revertir, actos::get_contracargo)
        .post("/facturacion/pagos/{pago}/contracargo", revertir, actos::post_contracargo)
}

fn escritorio() -> Sitio {
    let operar = Acceso::Permiso(OperarCaja::NOMBRE);
    let supervisar = Acceso::Permiso(SupervisarCaja::NOMBRE);
    let administrar = Acceso::Permiso(AdministrarCaja::NOMBRE);
    let aprobar = Acceso::Permiso(AprobarDevoluciones::NOMBRE);
    Sitio::new()
        .get("/facturacion/caja", LEER, caja::get_caja)
        .post("/facturacion/caja/abrir", operar, caja::post_abrir)
        .post("/facturacion/caja/movimiento", operar, caja::post_movimiento)
        .get("/facturacion/caja/turnos", LEER, turnos::turnos)
        .get("/facturacion/caja/turnos/{turno}", LEER, turnos::arqueo)
        .get("/facturacion/caja/turnos/{turno}/imprimir", LEER, turnos::imprimir)
        .get("/facturacion/caja/turnos/{turno}/cerrar", operar, turnos::get_cerrar)
        .post("/facturacion/caja/turnos/{turno}/cerrar", operar, turnos::post_cerrar)
        .post("/facturacion/caja/turnos/{turno}/aprobar", supervisar, turnos::post_aprobar)
        .get("/facturacion/caja/cajas", administrar, cajas::get_cajas)
        .post("/facturacion/caja/cajas", administrar, cajas::post_caja)
        .post("/facturacion/caja/cajas/{caja}", administrar, cajas::post_cambio)
        .post("/facturacion/caja/limites", administrar, cajas::post_limites)
        .get("/facturacion/devoluciones", LEER, devoluciones::lista)
        .post("/facturacion/devoluciones/{devolucion}/aprobar", aprobar, devoluciones::post_aprobar)
        .post(
            "/facturacion/devoluciones/{devolucion}/rechazar",
            aprobar,
            devoluciones::post_rechazar,
        )
}

fn factura_y_cliente() -> Sitio {
    let cobrar = Acceso::Permiso(CobrarFacturas::NOMBRE);
    Sitio::new()
        .get("/admin/clientes/{codigo}/pagos", LEER, cliente::pagos)
        .get("/facturacion/facturas/{factura}/pagar", cobrar, factura::get_pagar)
        .post("/facturacion/facturas/{factura}/pagar", cobrar, factura::post_pagar)
}
