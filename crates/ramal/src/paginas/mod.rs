//! Pages that belong to no slice: the door, the search over everything, the dashboard, the state of
//! the machine. Thin: what they show is read by `lecturas` or asked of the slices.

mod ayuda;
mod buscar;
mod inicio;
mod lecturas;
mod permisos;
mod sistema;
mod tablero;

use ramal_plataforma::Permiso;
use ramal_web::Sitio;
use ramal_web::pagina::{Acceso, EntradaMenu};

pub use permisos::TODOS as PERMISOS;
use permisos::{OperarSistema, VerSistema, VerTablero};

#[allow(missing_docs, reason = "the macro takes no doc comment")]
mod textos {
    fluent_templates::static_loader! {
        pub static TEXTOS = {
            locales: "./textos",
            fallback_language: "es",
            customise: |bundle| bundle.set_use_isolating(false),
        };
    }
}
use textos::TEXTOS;

const MENU: &[EntradaMenu] = &[EntradaMenu {
    espacio: "admin",
    orden: 10,
    ruta: "/admin",
    texto: "menu-inicio",
    permiso: VerTablero::NOMBRE,
}];

/// The pages with their access.
pub fn sitio() -> Sitio {
    let operar = Acceso::Permiso(OperarSistema::NOMBRE);
    Sitio::new()
        .get("/", Acceso::Publico, inicio::inicio)
        .get("/ayuda", Acceso::Publico, ayuda::ayuda)
        .get("/buscar", Acceso::Sesion, buscar::buscar)
        .get("/admin", Acceso::Permiso(VerTablero::NOMBRE), tablero::tablero)
        .get("/admin/sistema", Acceso::Permiso(VerSistema::NOMBRE), sistema::sistema)
        .post("/admin/sistema/trabajos/{id}/revivir", operar, sistema::revivir)
        .menu(MENU)
}
