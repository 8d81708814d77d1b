//! Pages of customers that need nothing but customers: the header of the sheet, contacts, consents,
//! search, archiving. The list, the sign-up and the sheet's first tab are put together one slice to
//! the right, where zones and services are known.

pub mod buscar;
pub mod estado;
pub mod ficha;
pub mod lote;
pub mod partes;

use ramal_plataforma::Permiso;
use ramal_web::Sitio;
use ramal_web::pagina::Acceso;

use crate::permisos::{EditarClientes, LeerClientes};

/// Pages of the slice with their access.
pub fn sitio() -> Sitio {
    let leer = Acceso::Permiso(LeerClientes::NOMBRE);
    let editar = Acceso::Permiso(EditarClientes::NOMBRE);
    Sitio::new()
        .get("/admin/clientes/buscar", leer, buscar::buscar)
        .post("/admin/clientes/lote", editar, lote::post_lote)
        .post("/admin/clientes/lote/{lote}/deshacer", editar, lote::post_deshacer)
        .post("/admin/clientes/{codigo}/archivar", editar, estado::post_archivar)
        .post("/admin/clientes/{codigo}/activar", editar, estado::post_activar)
        .get("/admin/clientes/{codigo}/contactos/nuevo", editar, partes::get_contacto)
        .post("/admin/clientes/{codigo}/contactos/nuevo", editar, partes::post_contacto)
        .get("/admin/clientes/{codigo}/consentimientos/nuevo", editar, partes::get_consentimiento)
        .post("/admin/clientes/{codigo}/consentimientos/nuevo", editar, partes::post_consentimiento)
}
