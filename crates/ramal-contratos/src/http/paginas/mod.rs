//! Pages of customers and of their services. The list, the sign-up and the sheet of a customer are
//! here, and not one slice to the left, because they show zones and services. They hold no rule.

pub mod clientes;
pub mod servicios;

use ramal_catalogo::ZonaId;
use ramal_clientes::permisos::{CrearClientes, EditarClientes, LeerClientes};
use ramal_db::{Consulta, Cursor, DbError};
use ramal_plataforma::Permiso;
use ramal_web::Sitio;
use ramal_web::pagina::{Acceso, EntradaMenu, Opcion};

use crate::permisos::{
    CancelarServicios, ContratarServicios, EditarServicios, LeerServicios, SuspenderServicios,
};

/// Entries of the rail.
pub const MENU: &[EntradaMenu] = &[
    EntradaMenu {
        espacio: "admin",
        orden: 20,
        ruta: "/admin/clientes",
        texto: "menu-clientes",
        permiso: LeerClientes::NOMBRE,
    },
    EntradaMenu {
        espacio: "admin",
        orden: 25,
        ruta: "/admin/servicios",
        texto: "menu-servicios",
        permiso: LeerServicios::NOMBRE,
    },
];

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    de_clientes().merge(de_servicios()).menu(MENU)
}

fn de_clientes() -> Sitio {
    let leer = Acceso::Permiso(LeerClientes::NOMBRE);
    let crear = Acceso::Permiso(CrearClientes::NOMBRE);
    let editar = Acceso::Permiso(EditarClientes::NOMBRE);
    Sitio::new()
        .get("/admin/clientes", leer, clientes::lista::lista)
        .get("/admin/clientes/alta", crear, clientes::alta::get_alta)
        .post("/admin/clientes/alta", crear, clientes::alta::post_alta)
        .get("/admin/clientes/{codigo}", leer, clientes::datos::datos)
        .get("/admin/clientes/{codigo}/actividad", leer, clientes::actividad::actividad)
        .get("/admin/clientes/{codigo}/editar", editar, clientes::editar::get_editar)
        .post("/admin/clientes/{codigo}/editar", editar, clientes::editar::post_editar)
        .get("/admin/clientes/{codigo}/domicilios/nuevo", editar, clientes::domicilio::get_nuevo)
        .post("/admin/clientes/{codigo}/domicilios/nuevo", editar, clientes::domicilio::post_nuevo)
}

fn de_servicios() -> Sitio {
    use servicios::{cambio, contratar, del_cliente, deshacer, ficha, lista, pasos};
    let leer = Acceso::Permiso(LeerServicios::NOMBRE);
    let contrata = Acceso::Permiso(ContratarServicios::NOMBRE);
    let editar = Acceso::Permiso(EditarServicios::NOMBRE);
    let suspender = Acceso::Permiso(SuspenderServicios::NOMBRE);
    let cancelar = Acceso::Permiso(CancelarServicios::NOMBRE);
    Sitio::new()
        .get("/admin/clientes/{codigo}/servicios", leer, del_cliente::servicios)
        .get("/admin/clientes/{codigo}/servicios/contratar", contrata, contratar::get_contratar)
        .post("/admin/clientes/{codigo}/servicios/contratar", contrata, contratar::post_contratar)
        .get("/admin/servicios", leer, lista::lista)
        .get("/admin/servicios/{codigo}", leer, ficha::servicio)
        .get("/admin/servicios/{codigo}/suspender", suspender, pasos::get_suspender)
        .post("/admin/servicios/{codigo}/suspender", suspender, pasos::post_suspender)
        .get("/admin/servicios/{codigo}/reactivar", suspender, pasos::get_reactivar)
        .post("/admin/servicios/{codigo}/reactivar", suspender, pasos::post_reactivar)
        .get("/admin/servicios/{codigo}/cancelar", cancelar, pasos::get_cancelar)
        .post("/admin/servicios/{codigo}/cancelar", cancelar, pasos::post_cancelar)
        .get("/admin/servicios/{codigo}/plan", editar, cambio::get_plan)
        .post("/admin/servicios/{codigo}/plan", editar, cambio::post_plan)
        .get("/admin/servicios/{codigo}/precio", editar, cambio::get_precio)
        .post("/admin/servicios/{codigo}/precio", editar, cambio::post_precio)
        .post("/admin/servicios/{codigo}/deshacer/{version}/{hechos}", leer, deshacer::deshacer)
}

/// Zones as choices, by code; the first 200.
pub(super) async fn zone_options(c: &impl Consulta) -> Result<Vec<Opcion>, DbError> {
    let todas = Cursor { limite: 200, cursor: None };
    let zonas = ramal_catalogo::storage::list_zonas(c, None, &todas).await?;
    Ok(zonas.datos.into_iter().map(|z| Opcion::new(z.id.to_string(), z.nombre)).collect())
}

/// Name of a zone among the choices; empty if it is not one of them.
pub(super) fn zone_name(zonas: &[Opcion], id: uuid::Uuid) -> String {
    let id = ZonaId::from_uuid(id).to_string();
    zonas.iter().find(|z| z.valor == id).map_or_else(String::new, |z| z.texto.clone())
}
