//! Pages of the slice: lotes and their lines, accounts, proofs, and the public door by which a
//! customer sends one. Thin: a rule that a page needs is in an action.

mod comprobante;
mod comprobantes;
mod comun;
mod cuentas;
mod lote;
mod lotes;
mod nombres;
mod publica;
mod renglon;
mod subir;

use ramal_plataforma::Permiso;
use ramal_web::Sitio;
use ramal_web::pagina::{Acceso, EntradaMenu};

use crate::archivo::MAX_COMPROBANTE;
use crate::permisos::{
    AdministrarCuentas, CargarComprobantesPago, CerrarLotes, Conciliar, ImportarExtractos,
    LeerComprobantesPago, LeerConciliacion, RevisarComprobantesPago,
};

const MENU: &[EntradaMenu] = &[EntradaMenu {
    espacio: "facturacion",
    orden: 34,
    ruta: "/facturacion/conciliacion",
    texto: "menu-conciliacion",
    permiso: LeerConciliacion::NOMBRE,
}];

/// Room for the fields of a form beside its file.
const MARGEN: usize = 64 * 1024;

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    de_lotes().merge(de_renglones()).merge(de_comprobantes()).merge(publico()).menu(MENU)
}

fn de_lotes() -> Sitio {
    let leer = Acceso::Permiso(LeerConciliacion::NOMBRE);
    let importar = Acceso::Permiso(ImportarExtractos::NOMBRE);
    let cuentas = Acceso::Permiso(AdministrarCuentas::NOMBRE);
    let conciliar = Acceso::Permiso(Conciliar::NOMBRE);
    let cerrar = Acceso::Permiso(CerrarLotes::NOMBRE);
    let maximo = ramal_extractos::linea::MAX_BYTES + MARGEN;
    Sitio::new()
        .get("/facturacion/conciliacion", leer, lotes::lista)
        .get("/facturacion/conciliacion/importar", importar, lotes::get_importar)
        .upload("/facturacion/conciliacion/importar", importar, maximo, lotes::post_importar)
        .get("/facturacion/conciliacion/cuentas", leer, self::cuentas::lista)
        .get("/facturacion/conciliacion/cuentas/nueva", cuentas, self::cuentas::get_nueva)
        .post("/facturacion/conciliacion/cuentas/nueva", cuentas, self::cuentas::post_nueva)
        .get("/facturacion/conciliacion/cuentas/{id}", cuentas, self::cuentas::get_editar)
        .post("/facturacion/conciliacion/cuentas/{id}", cuentas, self::cuentas::post_editar)
        .get("/facturacion/conciliacion/{lote}", leer, lote::ver)
        .post("/facturacion/conciliacion/{lote}/exactas", conciliar, lote::post_exactas)
        .post("/facturacion/conciliacion/{lote}/cotejar", conciliar, lote::post_cotejar)
        .get("/facturacion/conciliacion/{lote}/cerrar", cerrar, lote::get_cerrar)
        .post("/facturacion/conciliacion/{lote}/cerrar", cerrar, lote::post_cerrar)
        .post("/facturacion/conciliacion/{lote}/reabrir", cerrar, lote::post_reabrir)
}

fn de_renglones() -> Sitio {
    let leer = Acceso::Permiso(LeerConciliacion::NOMBRE);
    let conciliar = Acceso::Permiso(Conciliar::NOMBRE);
    Sitio::new()
        .get("/facturacion/conciliacion/renglones/{id}", leer, renglon::ver)
        .post("/facturacion/conciliacion/renglones/{id}/aceptar", conciliar, renglon::post_aceptar)
        .post(
            "/facturacion/conciliacion/renglones/{id}/resolver",
            conciliar,
            renglon::post_resolver,
        )
        .post("/facturacion/conciliacion/renglones/{id}/apartar", conciliar, renglon::post_apartar)
        .post("/facturacion/conciliacion/renglones/{id}/ajustar", conciliar, renglon::post_ajustar)
        .post(
            "/facturacion/conciliacion/renglones/{id}/deshacer",
            conciliar,
            renglon::post_deshacer,
        )
}

fn de_comprobantes() -> Sitio {
    let leer = Acceso::Permiso(LeerComprobantesPago::NOMBRE);
    let cargar = Acceso::Permiso(CargarComprobantesPago::NOMBRE);
    let revisar = Acceso::Permiso(RevisarComprobantesPago::NOMBRE);
    let maximo = MAX_COMPROBANTE + MARGEN;
    Sitio::new()
        .get("/facturacion/comprobantes", leer, comprobantes::lista)
        .get("/facturacion/comprobantes/nuevo", cargar, subir::get_nuevo)
        .upload("/facturacion/comprobantes/nuevo", cargar, maximo, subir::post_nuevo)
        .get("/facturacion/comprobantes/{id}", leer, comprobante::ver)
        .get("/facturacion/comprobantes/{id}/archivo", leer, comprobante::archivo)
        .get("/facturacion/comprobantes/{id}/imagen", leer, comprobante::imagen)
        .post("/facturacion/comprobantes/{id}/aprobar", revisar, comprobante::post_aprobar)
        .post("/facturacion/comprobantes/{id}/rechazar", revisar, comprobante::post_rechazar)
        .post("/facturacion/comprobantes/{id}/otra-foto", revisar, comprobante::post_otra_foto)
}

fn publico() -> Sitio {
    let maximo = MAX_COMPROBANTE + MARGEN;
    Sitio::new().get("/f/{token}/comprobante", Acceso::Publico, publica::get_comprobante).upload(
        "/f/{token}/comprobante",
        Acceso::Publico,
        maximo,
        publica::post_comprobante,
    )
}
