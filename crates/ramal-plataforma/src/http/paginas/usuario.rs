//! The sheet of a user and what is done to him: change, suspend, link, sessions, second step.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ramal_db::Cursor;
use ramal_web::pagina::{
    Aviso, Enlace, Familia, Formulario, Hito, Insignia, Marco, page, redirect,
};
use ramal_web::{App, Peticion, Problem, Ruta};
use uuid::Uuid;

use super::super::permisos::{AdministrarUsuarios, LeerUsuarios};
use super::comun::{Procedencia, refused, say_of, tabs};
use super::permisos_en_palabras::word;
use super::usuarios::{GrupoRoles, badge, groups, roles_of, shown_once};
use crate::actions::change_contrasena::make_enlace;
use crate::actions::enrol_codigo::remove_codigo;
use crate::actions::open_sesion::close_sesiones;
use crate::textos::TEXTOS;
use crate::{
    Alcance, Anotacion, CambioUsuario, Error, FiltroTrail, Usuario, UsuarioId, Vista,
    reactivate_usuario, storage, suspend_usuario, update_usuario,
};

#[derive(Template)]
#[template(path = "plataforma/usuario.html")]
struct Hoja {
    marco: Marco,
    pestanas: Vec<Enlace>,
    usuario: Usuario,
    insignia: Insignia,
    activo: bool,
    roles: Vec<String>,
    actividad: Vec<Hito>,
    sesiones: usize,
}

#[derive(Template)]
#[template(path = "plataforma/usuario_cambiar.html")]
struct Cambiar {
    marco: Marco,
    f: Formulario,
    ruta: String,
    correo: String,
    grupos: Vec<GrupoRoles>,
}

#[derive(Template)]
#[template(path = "plataforma/usuarios_creado.html")]
struct NuevoEnlace {
    marco: Marco,
    ruta: String,
    enlace: String,
}

#[derive(Template)]
#[template(path = "plataforma/usuario_codigo.html")]
struct QuitarCodigo {
    marco: Marco,
    ruta: String,
}

/// A user whom the scope reaches. Errors: 404 also for one of another branch.
async fn reached(app: &App, alcance: &Alcance, id: Uuid) -> Result<Usuario, Problem> {
    let usuario = storage::usuarios::usuario(&app.db, UsuarioId::from_uuid(id)).await?;
    if alcance.is_todas() {
        return Ok(usuario);
    }
    let roles = storage::usuarios::roles_de(&app.db, usuario.id).await?;
    let suyo = roles.iter().filter_map(|r| r.sucursal).any(|s| alcance.has(s));
    if suyo { Ok(usuario) } else { Err(Error::UsuarioNotFound.into()) }
}

fn sheet(usuario: &Usuario) -> String {
    format!("/admin/usuarios/{}", usuario.id)
}

fn shell<P>(vista: &Vista<P>, clave: &str, usuario: Option<&Usuario>) -> Marco {
    let marco = vista.marco(&TEXTOS, clave);
    let lista = marco.t("usuarios-titulo");
    let marco = marco.miga(lista, "/admin/usuarios");
    match usuario {
        Some(usuario) => marco.miga(usuario.nombre.clone(), sheet(usuario)),
        None => marco,
    }
}

/// The sheet.
pub async fn get_usuario(
    vista: Vista<LeerUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let usuario = reached(&app, &vista.alcance(), id).await?;
    let mut marco = shell(&vista, "usuarios-titulo", None);
    marco.titulo.clone_from(&usuario.nombre);
    let vivas = (app.cx.now(), app.cx.now().plus_millis(-crate::sesion::OCIO_MS));
    let sesiones = storage::sesiones::sesiones(&app.db, usuario.id, vivas).await?.len();
    let hoja = Hoja {
        pestanas: tabs(&marco),
        insignia: badge(&marco, usuario.estado),
        activo: usuario.estado == crate::usuario::EstadoUsuario::Activo,
        roles: roles_in_words(&app, &marco, usuario.id).await?,
        actividad: activity(&app, &marco, usuario.id).await?,
        sesiones,
        usuario,
        marco,
    };
    page(StatusCode::OK, &hoja)
}

async fn roles_in_words(app: &App, marco: &Marco, id: UsuarioId) -> Result<Vec<String>, Problem> {
    let (roles, ramas) =
        (storage::roles::roles(&app.db).await?, storage::roles::sucursales(&app.db).await?);
    let dados = storage::usuarios::roles_de(&app.db, id).await?;
    let texto = |d: crate::RolDado| {
        let rol = roles.iter().find(|r| r.codigo == d.rol).map_or(d.rol, |r| r.nombre.clone());
        match ramas.iter().find(|s| Some(s.id) == d.sucursal) {
            Some(s) => marco.t2("usuarios-rol-en", ("rol", rol), ("sucursal", &s.nombre)),
            None => rol,
        }
    };
    Ok(dados.into_iter().map(texto).collect())
}

/// What happened to the user lately.
async fn activity(app: &App, marco: &Marco, id: UsuarioId) -> Result<Vec<Hito>, Problem> {
    let filtro = FiltroTrail {
        objeto_tipo: "usuario".to_owned(),
        objeto_id: id.to_string(),
        ..FiltroTrail::default()
    };
    let cursor = Cursor { limite: 12, cursor: None };
    let lineas = storage::auditoria::auditoria(&app.db, &filtro, &cursor).await?.datos;
    let hito = |a: Anotacion| {
        let malo = matches!(a.accion.as_str(), "usuario.suspender" | "usuario.usar_respaldo");
        let familia = if malo { Familia::Aviso } else { Familia::Gris };
        Hito::new(a.instante, word(marco, "accion", &a.accion)).family(familia)
    };
    Ok(lineas.into_iter().map(hito).collect())
}

/// The form of name and roles.
pub async fn get_cambiar(
    vista: Vista<AdministrarUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let usuario = reached(&app, &vista.alcance(), id).await?;
    let mut campos = vec![
        ("nombre".to_owned(), usuario.nombre.clone()),
        ("version".to_owned(), usuario.version.to_string()),
    ];
    for dado in storage::usuarios::roles_de(&app.db, usuario.id).await? {
        let campo = dado.sucursal.map_or_else(|| "roles".to_owned(), |s| format!("roles_{s}"));
        campos.push((campo, dado.rol));
    }
    let f = Formulario::filled(campos);
    page(StatusCode::OK, &edit(&vista, &app, &usuario, f).await?)
}

async fn edit(
    vista: &Vista<AdministrarUsuarios>,
    app: &App,
    usuario: &Usuario,
    f: Formulario,
) -> Result<Cambiar, Problem> {
    Ok(Cambiar {
        grupos: groups(app, &vista.identidad().permisos_plenos()).await?,
        marco: shell(vista, "usuarios-cambiar-titulo", Some(usuario)),
        ruta: format!("{}/cambiar", sheet(usuario)),
        correo: usuario.correo.clone(),
        f,
    })
}

/// Changes name and roles.
pub async fn post_cambiar(
    vista: Vista<AdministrarUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    f: Formulario,
) -> Result<Response, Problem> {
    let usuario = reached(&app, &vista.alcance(), id).await?;
    let cambio = CambioUsuario {
        version: f.value("version").parse().unwrap_or(0),
        nombre: f.value("nombre").to_owned(),
        roles: roles_of(&f),
    };
    let otorga = vista.identidad().permisos_plenos();
    let tx = app.db.begin().await?;
    match update_usuario(&tx, vista.cx(), &otorga, (usuario.id, cambio)).await {
        Ok(nuevo) => {
            tx.commit().await?;
            Ok(done(&app, vista.peticion(), "usuarios-guardado", &nuevo))
        }
        Err(error) => {
            tx.rollback().await?;
            let (estado, f) = refused(f, error)?;
            page(estado, &edit(&vista, &app, &usuario, f).await?)
        }
    }
}

fn done(app: &App, peticion: &Peticion, clave: &str, usuario: &Usuario) -> Response {
    let aviso = Aviso::ok(say_of(peticion, clave, &usuario.nombre));
    redirect(app, &sheet(usuario), &[aviso])
}

/// Suspends, with an undo.
pub async fn post_suspender(
    vista: Vista<AdministrarUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    _f: Formulario,
) -> Result<Response, Problem> {
    let usuario = reached(&app, &vista.alcance(), id).await?;
    let tx = app.db.begin().await?;
    suspend_usuario(&tx, vista.cx(), &vista.identidad().permisos_plenos(), usuario.id).await?;
    tx.commit().await?;
    let aviso = Aviso::ok(say_of(vista.peticion(), "usuarios-suspendido", &usuario.nombre));
    let aviso = aviso.undo(format!("{}/reactivar", sheet(&usuario)));
    Ok(redirect(&app, &sheet(&usuario), &[aviso]))
}

/// Takes a suspension back.
pub async fn post_reactivar(
    vista: Vista<AdministrarUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    _f: Formulario,
) -> Result<Response, Problem> {
    let usuario = reached(&app, &vista.alcance(), id).await?;
    let tx = app.db.begin().await?;
    reactivate_usuario(&tx, vista.cx(), &vista.identidad().permisos_plenos(), usuario.id).await?;
    tx.commit().await?;
    Ok(done(&app, vista.peticion(), "usuarios-reactivado", &usuario))
}

/// What gives power over an account asks for all that the account may do.
async fn must_outrank(
    vista: &Vista<AdministrarUsuarios>,
    app: &App,
    usuario: &Usuario,
) -> Result<(), Problem> {
    let otorga = vista.identidad().permisos_plenos();
    let dados = storage::usuarios::roles_de(&app.db, usuario.id).await?;
    let roles = storage::roles::roles(&app.db).await?;
    let suyos = roles.iter().filter(|r| dados.iter().any(|d| d.rol == r.codigo));
    let ajeno = suyos.flat_map(|r| r.permisos.iter()).find(|p| !crate::permiso::covers(&otorga, p));
    match ajeno {
        Some(permiso) => Err(Error::PermisoAjeno(permiso.clone()).into()),
        None => Ok(()),
    }
}

/// Makes a link for a new password and shows it this once.
pub async fn post_enlace(
    vista: Vista<AdministrarUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    quien: Procedencia,
    _f: Formulario,
) -> Result<Response, Problem> {
    let usuario = reached(&app, &vista.alcance(), id).await?;
    must_outrank(&vista, &app, &usuario).await?;
    let tx = app.db.begin().await?;
    let lugar = (&quien.puerta, app.entorno.url_publica.as_str());
    let enlace = make_enlace(&tx, vista.cx(), lugar, usuario.id).await?;
    tx.commit().await?;
    let marco = shell(&vista, "usuarios-enlace-titulo", Some(&usuario));
    shown_once(page(StatusCode::OK, &NuevoEnlace { marco, ruta: sheet(&usuario), enlace })?)
}

/// Ends every session of the user.
pub async fn post_sesiones(
    vista: Vista<AdministrarUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    _f: Formulario,
) -> Result<Response, Problem> {
    let usuario = reached(&app, &vista.alcance(), id).await?;
    must_outrank(&vista, &app, &usuario).await?;
    let tx = app.db.begin().await?;
    close_sesiones(&tx, vista.cx(), usuario.id, None).await?;
    tx.commit().await?;
    Ok(done(&app, vista.peticion(), "usuarios-sesiones-cerradas", &usuario))
}

/// Asks before the second step of somebody who lost his telephone goes.
pub async fn get_codigo(
    vista: Vista<AdministrarUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
) -> Result<Response, Problem> {
    let usuario = reached(&app, &vista.alcance(), id).await?;
    let marco = shell(&vista, "usuarios-codigo-titulo", Some(&usuario));
    page(StatusCode::OK, &QuitarCodigo { marco, ruta: sheet(&usuario) })
}

/// Takes the second step away.
pub async fn post_codigo(
    vista: Vista<AdministrarUsuarios>,
    State(app): State<App>,
    Ruta(id): Ruta<Uuid>,
    _f: Formulario,
) -> Result<Response, Problem> {
    let usuario = reached(&app, &vista.alcance(), id).await?;
    must_outrank(&vista, &app, &usuario).await?;
    let tx = app.db.begin().await?;
    remove_codigo(&tx, vista.cx(), usuario.id).await?;
    tx.commit().await?;
    Ok(done(&app, vista.peticion(), "usuarios-codigo-quitado", &usuario))
}
