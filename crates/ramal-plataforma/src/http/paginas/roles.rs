//! Roles: who may do what, in words. A role is edited as checkboxes by area; a copy begins as the
//! form of a new one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_web::pagina::{Aviso, Enlace, Formulario, Marco, page, redirect};
use ramal_web::{App, Problem, Ruta};

use super::super::permisos::{AdministrarRoles, LeerRoles};
use super::comun::{Procedencia, param, refused, say_of, tabs};
use super::permisos_en_palabras::{Area, areas, sentence};
use crate::textos::TEXTOS;
use crate::{DatosRol, Rol, Vista, create_rol, delete_rol, storage, update_rol};

#[derive(Template)]
#[template(path = "plataforma/roles.html")]
struct Roles {
    marco: Marco,
    pestanas: Vec<Enlace>,
    filas: Vec<Fila>,
    matriz: Vec<FilaArea>,
}

struct Fila {
    codigo: String,
    nombre: String,
    descripcion: String,
    usuarios: i64,
    predefinido: bool,
}

struct FilaArea {
    nombre: String,
    celdas: Vec<Celda>,
}

struct Celda {
    rol: String,
    texto: String,
}

#[derive(Template)]
#[template(path = "plataforma/rol.html")]
struct Hoja {
    marco: Marco,
    f: Formulario,
    ruta: String,
    areas: Vec<Area>,
    en_palabras: Vec<String>,
    codigo: String,
    borrable: bool,
    editable: bool,
}

#[derive(Template)]
#[template(path = "plataforma/rol_borrar.html")]
struct Borrar {
    marco: Marco,
    ruta: String,
    volver: String,
}

/// Every role, and the matrix of areas by roles.
pub async fn get_roles(
    vista: Vista<LeerRoles>,
    State(app): State<App>,
    quien: Procedencia,
) -> Result<Response, Problem> {
    let marco = vista.marco(&TEXTOS, "roles-titulo");
    let roles = storage::roles::roles(&app.db).await?;
    let uso = storage::roles::uso_de_roles(&app.db).await?;
    let dados: Vec<String> = roles.iter().flat_map(|r| r.permisos.iter().cloned()).collect();
    let celda = |area: &Area, r: &Rol| Celda {
        rol: r.nombre.clone(),
        texto: area.summary(&marco, &r.permisos),
    };
    let matriz = areas(&marco, &quien.puerta.permisos, &dados)
        .into_iter()
        .map(|a| FilaArea {
            celdas: roles.iter().map(|r| celda(&a, r)).collect(),
            nombre: a.nombre,
        })
        .collect();
    let usuarios = |codigo: &str| uso.iter().find(|(rol, _)| rol == codigo).map_or(0, |(_, n)| *n);
    let filas = roles
        .iter()
        .map(|r| Fila {
            usuarios: usuarios(&r.codigo),
            codigo: r.codigo.clone(),
            nombre: r.nombre.clone(),
            descripcion: r.descripcion.clone(),
            predefinido: r.predefinido,
        })
        .collect();
    page(StatusCode::OK, &Roles { pestanas: tabs(&marco), marco, filas, matriz })
}

fn filled(rol: &Rol) -> Vec<(String, String)> {
    let mut campos = vec![
        ("nombre".to_owned(), rol.nombre.clone()),
        ("descripcion".to_owned(), rol.descripcion.clone()),
        ("version".to_owned(), rol.version.to_string()),
    ];
    campos.extend(rol.permisos.iter().map(|p| ("permisos".to_owned(), p.clone())));
    campos
}

fn shell<P>(vista: &Vista<P>, clave: &str) -> Marco {
    let marco = vista.marco(&TEXTOS, clave);
    let lista = marco.t("roles-titulo");
    marco.miga(lista, "/admin/roles")
}

/// The form of a new role, empty or as the copy of another.
pub async fn get_alta(
    vista: Vista<AdministrarRoles>,
    State(app): State<App>,
    quien: Procedencia,
) -> Result<Response, Problem> {
    let copia = param(vista.peticion(), "copiar");
    let f = if copia.is_empty() {
        Formulario::default()
    } else {
        let rol = storage::roles::rol(&app.db, &copia).await?;
        let mut f = Formulario::filled(filled(&rol));
        f.set("nombre", say_of(vista.peticion(), "roles-copia-de", &rol.nombre));
        f
    };
    page(StatusCode::OK, &blank(&vista, &quien, f))
}

fn blank(vista: &Vista<AdministrarRoles>, quien: &Procedencia, f: Formulario) -> Hoja {
    let marco = shell(vista, "roles-alta-titulo");
    form(marco, quien, f, ("/admin/roles/alta".to_owned(), None))
}

fn form(
    marco: Marco,
    quien: &Procedencia,
    f: Formulario,
    (ruta, rol): (String, Option<&Rol>),
) -> Hoja {
    let puestos: Vec<String> = f.values("permisos").into_iter().map(ToOwned::to_owned).collect();
    Hoja {
        areas: areas(&marco, &quien.puerta.permisos, &puestos),
        en_palabras: sentence(&marco, &puestos),
        codigo: rol.map_or_else(String::new, |r| r.codigo.clone()),
        borrable: rol.is_some_and(|r| !r.predefinido),
        editable: marco.puede("roles:administrar"),
        marco,
        f,
        ruta,
    }
}

fn data_of(f: &Formulario) -> DatosRol {
    DatosRol {
        nombre: f.value("nombre").to_owned(),
        descripcion: f.value("descripcion").to_owned(),
        permisos: f.values("permisos").into_iter().map(ToOwned::to_owned).collect(),
    }
}

/// Makes a role.
pub async fn post_alta(
    vista: Vista<AdministrarRoles>,
    State(app): State<App>,
    quien: Procedencia,
    f: Formulario,
) -> Result<Response, Problem> {
    let otorga = vista.identidad().permisos_plenos();
    let tx = app.db.begin().await?;
    match create_rol(&tx, vista.cx(), &otorga, data_of(&f)).await {
        Ok(rol) => {
            tx.commit().await?;
            let aviso = Aviso::ok(say_of(vista.peticion(), "roles-creado", &rol.nombre));
            Ok(redirect(&app, "/admin/roles", &[aviso]))
        }
        Err(error) => {
            tx.rollback().await?;
            let (estado, f) = refused(f, error)?;
            page(estado, &blank(&vista, &quien, f))
        }
    }
}

/// A role, as a form for whoever may change it and in words for the rest.
pub async fn get_rol(
    vista: Vista<LeerRoles>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    quien: Procedencia,
) -> Result<Response, Problem> {
    let rol = storage::roles::rol(&app.db, &codigo).await?;
    let mut marco = shell(&vista, "roles-titulo");
    marco.titulo.clone_from(&rol.nombre);
    let destino = (format!("/admin/roles/{codigo}"), Some(&rol));
    page(StatusCode::OK, &form(marco, &quien, Formulario::filled(filled(&rol)), destino))
}

/// Changes a role; whoever has it is affected at his next request.
pub async fn post_rol(
    vista: Vista<AdministrarRoles>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    quien: Procedencia,
    f: Formulario,
) -> Result<Response, Problem> {
    let otorga = vista.identidad().permisos_plenos();
    let version = f.value("version").parse().unwrap_or(0);
    let tx = app.db.begin().await?;
    let cambio = (codigo.as_str(), version, data_of(&f));
    match update_rol(&tx, vista.cx(), &otorga, cambio).await {
        Ok(rol) => {
            tx.commit().await?;
            let aviso = Aviso::ok(say_of(vista.peticion(), "roles-guardado", &rol.nombre));
            Ok(redirect(&app, "/admin/roles", &[aviso]))
        }
        Err(error) => {
            tx.rollback().await?;
            let (estado, f) = refused(f, error)?;
            let rol = storage::roles::rol(&app.db, &codigo).await?;
            let mut marco = shell(&vista, "roles-titulo");
            marco.titulo.clone_from(&rol.nombre);
            page(estado, &form(marco, &quien, f, (format!("/admin/roles/{codigo}"), Some(&rol))))
        }
    }
}

/// Asks before a role goes: it cannot be brought back with its users.
pub async fn get_borrar(
    vista: Vista<AdministrarRoles>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
) -> Result<Response, Problem> {
    let rol = storage::roles::rol(&app.db, &codigo).await?;
    let marco = shell(&vista, "roles-borrar-titulo");
    let volver = format!("/admin/roles/{codigo}");
    let marco = marco.miga(rol.nombre, volver.clone());
    page(StatusCode::OK, &Borrar { marco, ruta: format!("{volver}/borrar"), volver })
}

/// Removes a role that nobody has.
pub async fn post_borrar(
    vista: Vista<AdministrarRoles>,
    State(app): State<App>,
    Ruta(codigo): Ruta<String>,
    _f: Formulario,
) -> Result<Response, Problem> {
    let rol = storage::roles::rol(&app.db, &codigo).await?;
    let tx = app.db.begin().await?;
    delete_rol(&tx, vista.cx(), &vista.identidad().permisos_plenos(), &codigo).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(say_of(vista.peticion(), "roles-borrado", &rol.nombre));
    Ok(redirect(&app, "/admin/roles", &[aviso]))
}
