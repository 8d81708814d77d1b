//! Pages of the slice: envios, templates, costs, settings, one's own notes, and the public link by
//! which advertising stops. Each is thin: reads and actions are those of the API.

mod avisos;
mod baja;
mod correo;
mod costos;
mod envio;
mod envios;
mod lineas;
mod notificaciones;
mod palabras;
mod plantilla;
mod plantilla_actos;
mod plantillas;

use ramal_plataforma::Permiso;
use ramal_web::Sitio;
use ramal_web::pagina::{Acceso, EntradaMenu};

use super::webhook;
use crate::permisos::{AjustarMensajes, EditarPlantillas, EnviarMensajes, LeerMensajes};

const MENU: &[EntradaMenu] = &[EntradaMenu {
    espacio: "admin",
    orden: 45,
    ruta: "/admin/mensajes/envios",
    texto: "menu-mensajes",
    permiso: LeerMensajes::NOMBRE,
}];

/// Pages of the slice with their access. The webhook and the settings take
/// `Extension<Arc<Sello>>`, which the binary adds.
pub fn sitio() -> Sitio {
    messages().merge(templates()).merge(settings()).merge(open()).menu(MENU)
}

fn messages() -> Sitio {
    let leer = Acceso::Permiso(LeerMensajes::NOMBRE);
    let reintentar = Acceso::Permiso(EnviarMensajes::NOMBRE);
    let ajustar = Acceso::Permiso(AjustarMensajes::NOMBRE);
    Sitio::new()
        .get("/admin/mensajes/envios", leer, envios::lista)
        .get("/admin/mensajes/envios/{id}", leer, envio::ver)
        .post("/admin/mensajes/envios/{id}/reintentar", reintentar, envio::reintentar)
        .post("/admin/mensajes/envios/{id}/cancelar", reintentar, envio::cancelar)
        .get("/admin/mensajes/costos", leer, costos::ver)
        .post("/admin/mensajes/costos/tarifas", ajustar, costos::guardar)
}

fn templates() -> Sitio {
    let leer = Acceso::Permiso(LeerMensajes::NOMBRE);
    let editar = Acceso::Permiso(EditarPlantillas::NOMBRE);
    Sitio::new()
        .get("/admin/mensajes/plantillas", leer, plantillas::lista)
        .post("/admin/mensajes/plantillas/registrar", editar, plantilla_actos::registrar)
        .get("/admin/mensajes/plantillas/{pais}/{clase}/{canal}", leer, plantilla::ver)
        .post("/admin/mensajes/plantillas/{pais}/{clase}/{canal}", editar, plantilla::guardar)
        .post("/admin/mensajes/plantillas/{pais}/{clase}/{canal}/previa", leer, plantilla::previa)
        .post(
            "/admin/mensajes/plantillas/{pais}/{clase}/{canal}/volver",
            editar,
            plantilla_actos::volver,
        )
        .post(
            "/admin/mensajes/plantillas/{pais}/{clase}/{canal}/probar",
            editar,
            plantilla_actos::probar,
        )
}

fn settings() -> Sitio {
    let ajustar = Acceso::Permiso(AjustarMensajes::NOMBRE);
    Sitio::new()
        .get("/admin/ajustes/whatsapp", ajustar, lineas::lista)
        .get("/admin/ajustes/whatsapp/nueva", ajustar, lineas::nueva)
        .post("/admin/ajustes/whatsapp/nueva", ajustar, lineas::crear)
        .get("/admin/ajustes/whatsapp/{id}", ajustar, lineas::ver)
        .post("/admin/ajustes/whatsapp/{id}", ajustar, lineas::guardar)
        .post("/admin/ajustes/whatsapp/{id}/probar", ajustar, lineas::probar)
        .post("/admin/ajustes/whatsapp/{id}/reanudar", ajustar, lineas::reanudar)
        .get("/admin/ajustes/correo", ajustar, correo::ver)
        .post("/admin/ajustes/correo", ajustar, correo::guardar)
        .post("/admin/ajustes/correo/probar", ajustar, correo::probar)
        .post("/admin/ajustes/correo/reanudar", ajustar, correo::reanudar)
        .get("/admin/ajustes/notificaciones", ajustar, notificaciones::ver)
        .post("/admin/ajustes/notificaciones", ajustar, notificaciones::guardar)
}

fn open() -> Sitio {
    Sitio::new()
        .get("/avisos", Acceso::Sesion, avisos::lista)
        .post("/avisos/{id}/leido", Acceso::Sesion, avisos::leer)
        .get("/baja/{token}", Acceso::Publico, baja::ver)
        .post("/baja/{token}", Acceso::Publico, baja::pedir)
        .get("/webhooks/whatsapp", Acceso::Publico, webhook::saludar)
        .upload("/webhooks/whatsapp", Acceso::Publico, webhook::MAXIMO, webhook::recibir)
}
