//! Pages of the slice: signing in, one's own account, users, roles, keys, trail. Handlers are thin:
//! the rules are in the actions, the words in `textos/`.

mod auditoria;
mod claves;
mod codigo;
mod comun;
mod entrar;
mod instalar;
mod perfil;
mod permisos_en_palabras;
mod proveedor;
mod recuperar;
mod roles;
mod sucursales;
mod usuario;
mod usuarios;
pub mod vistas;

use ramal_web::Sitio;
use ramal_web::pagina::{Acceso, EntradaMenu};

use super::permisos::{
    AdministrarClaves, AdministrarRoles, AdministrarSucursales, AdministrarUsuarios, LeerAuditoria,
    LeerClaves, LeerRoles, LeerSucursales, LeerUsuarios,
};
use crate::Permiso;

const MENU: &[EntradaMenu] = &[
    EntradaMenu {
        espacio: "admin",
        orden: 50,
        ruta: "/admin/usuarios",
        texto: "menu-usuarios",
        permiso: LeerUsuarios::NOMBRE,
    },
    EntradaMenu {
        espacio: "admin",
        orden: 70,
        ruta: "/admin/auditoria",
        texto: "menu-auditoria",
        permiso: LeerAuditoria::NOMBRE,
    },
];

/// Every page of the slice with its access.
pub fn sitio() -> Sitio {
    publicas().merge(propias()).merge(de_usuarios()).merge(de_roles()).merge(demas()).menu(MENU)
}

fn publicas() -> Sitio {
    let p = Acceso::Publico;
    Sitio::new()
        .get("/entrar", p, entrar::get_entrar)
        .post("/entrar", p, entrar::post_entrar)
        .get("/entrar/codigo", p, entrar::get_codigo)
        .post("/entrar/codigo", p, entrar::post_codigo)
        .get("/entrar/oidc", p, proveedor::get_ida)
        .get("/entrar/oidc/retorno", p, proveedor::get_retorno)
        .post("/entrar/oidc/salida", p, proveedor::post_salida)
        .get("/salir", p, entrar::get_salir)
        .post("/salir", p, entrar::post_salir)
        .get("/recuperar", p, recuperar::get_pedir)
        .post("/recuperar", p, recuperar::post_pedir)
        .get("/recuperar/{token}", p, recuperar::get_enlace)
        .post("/recuperar/{token}", p, recuperar::post_enlace)
        .get("/instalar", p, instalar::get_instalar)
        .post("/instalar", p, instalar::post_instalar)
        .post("/perfil/preferencias", p, perfil::post_preferencias)
}

fn propias() -> Sitio {
    let s = Acceso::Sesion;
    Sitio::new()
        .get("/perfil", s, perfil::get_perfil)
        .post("/perfil", s, perfil::post_perfil)
        .get("/perfil/contrasena", s, perfil::get_contrasena)
        .post("/perfil/contrasena", s, perfil::post_contrasena)
        .get("/perfil/atajos", s, perfil::get_atajos)
        .get("/perfil/codigo", s, codigo::get_codigo)
        .post("/perfil/codigo", s, codigo::post_empezar)
        .post("/perfil/codigo/confirmar", s, codigo::post_confirmar)
        .get("/perfil/codigo/quitar", s, codigo::get_quitar)
        .post("/perfil/codigo/quitar", s, codigo::post_quitar)
        .post("/perfil/sesiones/cerrar", s, perfil::post_cerrar_otras)
        .post("/perfil/sesiones/{id}/cerrar", s, perfil::post_cerrar)
        .post("/vistas", s, vistas::post_vista)
        .post("/vistas/{id}/borrar", s, vistas::post_borrar)
}

fn de_usuarios() -> Sitio {
    let leer = Acceso::Permiso(LeerUsuarios::NOMBRE);
    let hacer = Acceso::Permiso(AdministrarUsuarios::NOMBRE);
    Sitio::new()
        .get("/admin/usuarios", leer, usuarios::get_usuarios)
        .get("/admin/usuarios/alta", hacer, usuarios::get_alta)
        .post("/admin/usuarios/alta", hacer, usuarios::post_alta)
        .get("/admin/usuarios/{id}", leer, usuario::get_usuario)
        .get("/admin/usuarios/{id}/cambiar", hacer, usuario::get_cambiar)
        .post("/admin/usuarios/{id}/cambiar", hacer, usuario::post_cambiar)
        .post("/admin/usuarios/{id}/suspender", hacer, usuario::post_suspender)
        .post("/admin/usuarios/{id}/reactivar", hacer, usuario::post_reactivar)
        .post("/admin/usuarios/{id}/enlace", hacer, usuario::post_enlace)
        .post("/admin/usuarios/{id}/sesiones", hacer, usuario::post_sesiones)
        .get("/admin/usuarios/{id}/codigo", hacer, usuario::get_codigo)
        .post("/admin/usuarios/{id}/codigo", hacer, usuario::post_codigo)
}

fn de_roles() -> Sitio {
    let leer = Acceso::Permiso(LeerRoles::NOMBRE);
    let hacer = Acceso::Permiso(AdministrarRoles::NOMBRE);
    let ver = Acceso::Permiso(LeerSucursales::NOMBRE);
    let cambiar = Acceso::Permiso(AdministrarSucursales::NOMBRE);
    Sitio::new()
        .get("/admin/roles", leer, roles::get_roles)
        .get("/admin/roles/alta", hacer, roles::get_alta)
        .post("/admin/roles/alta", hacer, roles::post_alta)
        .get("/admin/roles/{codigo}", leer, roles::get_rol)
        .post("/admin/roles/{codigo}", hacer, roles::post_rol)
        .get("/admin/roles/{codigo}/borrar", hacer, roles::get_borrar)
        .post("/admin/roles/{codigo}/borrar", hacer, roles::post_borrar)
        .get("/admin/sucursales", ver, sucursales::get_sucursales)
        .post("/admin/sucursales", cambiar, sucursales::post_sucursal)
        .get("/admin/sucursales/{id}", cambiar, sucursales::get_sucursal)
        .post("/admin/sucursales/{id}", cambiar, sucursales::post_cambio)
}

fn demas() -> Sitio {
    let claves = Acceso::Permiso(LeerClaves::NOMBRE);
    let hacer = Acceso::Permiso(AdministrarClaves::NOMBRE);
    let leer = Acceso::Permiso(LeerAuditoria::NOMBRE);
    Sitio::new()
        .get("/admin/integraciones/claves", claves, claves::get_claves)
        .get("/admin/integraciones/claves/alta", hacer, claves::get_alta)
        .post("/admin/integraciones/claves/alta", hacer, claves::post_alta)
        .get("/admin/integraciones/claves/{id}/revocar", hacer, claves::get_revocar)
        .post("/admin/integraciones/claves/{id}/revocar", hacer, claves::post_revocar)
        .get("/admin/auditoria", leer, auditoria::get_auditoria)
        .get("/admin/auditoria.csv", leer, auditoria::get_csv)
}
