//! Pages of the slice: the queue of legal documents, summaries, bulk acts under way, and the
//! settings of emisores. Each is thin: the reads and the actions are those of the API.

mod ajustes;
mod baja;
mod certificados;
mod conexion;
mod documento;
mod documentos;
mod lote;
mod palabras;
mod resumenes;
mod tanda_acciones;
mod tandas;

use ramal_plataforma::{Permiso, permiso};
use ramal_web::Sitio;
use ramal_web::pagina::{Acceso, EntradaMenu};

use super::permisos::{
    AdministrarCertificados, AnularComprobantes, LeerCertificados, LeerComprobantes,
    ReintentarComprobantes,
};

permiso!(LeerEmpresa, "empresa:leer");

/// Largest upload of a certificate, in bytes: three small files and their fields.
const CARGA_MAXIMA: usize = 1024 * 1024;

const MENU: &[EntradaMenu] = &[
    EntradaMenu {
        espacio: "facturacion",
        orden: 40,
        ruta: "/facturacion/documentos",
        texto: "menu-documentos",
        permiso: LeerComprobantes::NOMBRE,
    },
    EntradaMenu {
        espacio: "admin",
        orden: 60,
        ruta: "/admin/ajustes",
        texto: "menu-ajustes",
        permiso: LeerEmpresa::NOMBRE,
    },
];

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    documents().merge(settings()).merge(batches()).menu(MENU)
}

fn documents() -> Sitio {
    let leer = Acceso::Permiso(LeerComprobantes::NOMBRE);
    let reintentar = Acceso::Permiso(ReintentarComprobantes::NOMBRE);
    let anular = Acceso::Permiso(AnularComprobantes::NOMBRE);
    Sitio::new()
        .get("/facturacion/documentos", leer, documentos::lista)
        .post("/facturacion/documentos/reintentar", reintentar, lote::reintentar)
        .get("/facturacion/documentos/{id}", leer, documento::ver)
        .get("/facturacion/documentos/{id}/archivos/{clase}", leer, documento::archivo)
        .post("/facturacion/documentos/{id}/reintentar", reintentar, documento::reintentar)
        .get("/facturacion/documentos/{id}/anular", anular, baja::revisar)
        .post("/facturacion/documentos/{id}/anular", anular, baja::pedir)
        .get("/facturacion/resumenes", leer, resumenes::lista)
        .get("/facturacion/resumenes/{id}", leer, resumenes::ver)
        .get("/facturacion/resumenes/{id}/archivos/{clase}", leer, resumenes::archivo)
}

fn settings() -> Sitio {
    let empresa = Acceso::Permiso(LeerEmpresa::NOMBRE);
    let leer = Acceso::Permiso(LeerCertificados::NOMBRE);
    let series = Acceso::Permiso(LeerComprobantes::NOMBRE);
    let administrar = Acceso::Permiso(AdministrarCertificados::NOMBRE);
    Sitio::new()
        .get("/admin/ajustes", empresa, ajustes::empresa)
        .get("/admin/ajustes/series", series, ajustes::series)
        .get("/admin/ajustes/emisores/{id}", administrar, ajustes::emisor)
        .post("/admin/ajustes/emisores/{id}", administrar, ajustes::guardar)
        .post("/admin/ajustes/emisores/{id}/pausar", administrar, certificados::pausar)
        .post("/admin/ajustes/emisores/{id}/reanudar", administrar, certificados::reanudar)
        .get("/admin/ajustes/certificados", leer, certificados::lista)
        .get("/admin/ajustes/certificados/{id}/cargar", administrar, certificados::formulario)
        .upload(
            "/admin/ajustes/certificados/{id}/cargar",
            administrar,
            CARGA_MAXIMA,
            certificados::cargar,
        )
        .get("/admin/ajustes/conexion", leer, conexion::ver)
        .post("/admin/ajustes/conexion/{id}/probar", administrar, conexion::probar)
}

fn batches() -> Sitio {
    let sesion = Acceso::Sesion;
    Sitio::new()
        .get("/admin/tandas/{id}", sesion, tandas::ver)
        .get("/admin/tandas/{id}/informe", sesion, tandas::informe)
        .post("/admin/tandas/{id}/detener", sesion, tanda_acciones::detener)
        .post("/admin/tandas/{id}/seguir", sesion, tanda_acciones::seguir)
        .post("/admin/tandas/{id}/reintentar", sesion, tanda_acciones::reintentar)
        .get("/facturacion/tandas/{id}", sesion, tandas::ver)
        .get("/facturacion/tandas/{id}/informe", sesion, tandas::informe)
        .post("/facturacion/tandas/{id}/detener", sesion, tanda_acciones::detener)
        .post("/facturacion/tandas/{id}/seguir", sesion, tanda_acciones::seguir)
        .post("/facturacion/tandas/{id}/reintentar", sesion, tanda_acciones::reintentar)
}
